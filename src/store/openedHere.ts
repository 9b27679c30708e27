// A kept picture as the model that is open can go on with it, or the reason why it cannot.
import { UserError } from '../errors.ts';
import type { KeptPicture } from '../gallery/picture.ts';
import { withFingerprint } from '../recipe/fingerprint.ts';
import { replayObstacle } from '../recipe/fit.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { AppState } from './store.ts';

type Here = Pick<AppState, 'manifest' | 'pack'>;

/** Its recipe, in the precision that is open. @throws {UserError} `recipe`, why it cannot be made here */
export function recipeHere({ manifest, pack }: Here, { recipe }: Pick<KeptPicture, 'recipe'>) {
  if (!manifest || pack.kind !== 'ready') {
    throw new UserError('recipe', 'No model is open yet: wait until it is loaded, and try again.');
  }
  if (!recipe) {
    throw new UserError('recipe', 'This picture does not say how it was made: make one here, and take that.');
  }
  // In which precision it was made does not matter to what comes of it.
  const here: Recipe = { ...recipe, arithmetic: pack.device.arithmetic };
  const obstacle = replayObstacle(here, manifest, here.arithmetic);
  if (obstacle !== null) throw new UserError('recipe', obstacle);
  return { recipe: withFingerprint(here, manifest), manifest };
}

/** The same with its tokens, after each of its steps and in the end. @throws {UserError} `recipe`, why it cannot be gone on with */
export function openedHere(here: Here, picture: Pick<KeptPicture, 'recipe' | 'steps'>) {
  const rows = picture.steps?.rows;
  const tokens = rows?.at(-1);
  if (!rows || !tokens) {
    throw new UserError(
      'recipe',
      'This picture was kept without its tokens, which others are made of: make it again, and take that one.',
    );
  }
  return { ...recipeHere(here, picture), rows, tokens };
}
