// Painting over a part of a picture, which is then drawn again: one that is kept, or the visitor's own.
import { UserError } from '../errors.ts';
import type { KeptPicture } from '../gallery/picture.ts';
import { WORDLESS } from '../gallery/prompt.ts';
import type { PackManifest } from '../pack/manifest.ts';
import { MAX_TEXT, type RecipeCondition } from '../recipe/condition.ts';
import { candidates, planPrompt } from '../recipe/plan.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { repainted } from '../recipe/repaint.ts';
import { escapeChoices } from '../recipe/wildcards.ts';
import type { RgbaImage } from '../types.ts';
import type { Job } from './line.ts';
import { openedHere } from './openedHere.ts';
import type { Mending } from './relatedActions.ts';
import { promptOf, recipesOf } from './settings.ts';
import type { AppState, AppStore } from './store.ts';

/** A picture that lies under the brush. */
export interface BrushSource {
  /** Tells pictures apart: what was painted last on one is there again when it is opened again. */
  readonly key: string;
  /** Its prompt, or the name of its file. */
  readonly title: string;
  readonly picture: Blob | RgbaImage;
  /** [positions] */
  readonly tokens: ArrayLike<number>;
  /** Null for the visitor's own. */
  readonly recipe: Recipe | null;
  /** The model whose tokens these are. */
  readonly manifest: PackManifest;
  /** What is painted already; nothing where it is left out. [positions] */
  readonly chosen?: readonly boolean[];
  /** In the place of the recipe's, as long as its prompt stays. */
  readonly condition?: RecipeCondition;
}

/** What is to be drawn, and where. */
export interface Repainting {
  /** [positions] */
  readonly chosen: readonly boolean[];
  /** As it was written, with its choices. */
  readonly prompt: string;
}

export interface BrushSurroundings {
  /** u32 */
  readonly randomSeed: () => number;
  /** Runs recipes that are not the form's. */
  readonly make: (job: Job) => Promise<void>;
}

/** What the prompt's field holds at first. */
export function promptUnderBrush({ recipe }: BrushSource, { draft }: Pick<AppState, 'draft'>): string {
  return recipe ? escapeChoices(promptOf(recipe)) : draft.prompt;
}

/**
 * The pictures of a repainting: as many candidates as the form says; of a kept picture under its own settings, of one's own
 * under the form's. A prompt that is as it was stands for all of the picture's condition, an embedding too.
 * @param seed of the first, u32
 * @throws {UserError} `settings`, what is wrong with the prompt; `recipe` where another model is open
 */
export function repaintingJob(
  state: Pick<AppState, 'draft' | 'pack' | 'manifest' | 'model'>,
  source: BrushSource,
  { chosen, prompt }: Repainting,
  seed: number,
): Job {
  const { draft, pack, manifest, model } = state;
  const { recipe, tokens, condition } = source;
  if (pack.kind !== 'ready' || !model || manifest !== source.manifest) {
    throw new UserError(
      'recipe',
      'The model of this picture is not open: close the brush, and open it first.',
    );
  }
  const { arithmetic } = pack.device;
  const isUnchanged = recipe !== null && prompt === promptUnderBrush(source, state);
  if (!isUnchanged) checkPrompt(prompt);
  const recipes = isUnchanged
    ? candidates({ ...recipe, ...(condition && { condition }), seed }, draft.candidates)
    : recipe
      ? planPrompt({ ...recipe, seed }, prompt, draft.candidates)
      : recipesOf({ ...draft, prompt, seed: String(seed) }, model, arithmetic);
  return { prompt, recipes: repainted(recipes, tokens, chosen, manifest), grid: null };
}

function checkPrompt(prompt: string): void {
  if (!prompt.trim()) throw new UserError('settings', 'Write what the picture should show.');
  if (prompt.length > MAX_TEXT) {
    throw new UserError('settings', `The prompt has ${prompt.length} characters: shorten it to ${MAX_TEXT}.`);
  }
}

export function createBrushActions(
  { getState, setState }: AppStore,
  { randomSeed, make }: BrushSurroundings,
) {
  return {
    /** Lays a kept picture under the brush. @throws {UserError} `recipe`, why it cannot be gone on with here */
    openBrush(kept: KeptPicture, mending?: Mending): void {
      const { recipe, tokens, manifest } = openedHere(getState(), kept);
      const { id, prompt } = kept.head;
      const title = prompt.trim() || WORDLESS;
      const brush = { key: id, title, picture: kept.png, tokens, recipe, manifest };
      setState({ brush: { ...brush, ...mending }, runError: null });
    },

    closeBrush: () => setState({ brush: null }),

    /** Draws what is painted over, and puts the brush away. @throws {UserError} why not, in one sentence */
    repaint(repainting: Repainting): Promise<void> {
      const state = getState();
      if (!state.brush) return Promise.resolve();
      const job = repaintingJob(state, state.brush, repainting, randomSeed());
      setState({ brush: null });
      return make(job);
    },
  };
}
