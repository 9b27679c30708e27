// One thing of a kept picture changed: a quality pushed, or a phrase of its prompt swapped, by the same seed.
import { UserError } from '../errors.ts';
import type { KeptPicture } from '../gallery/picture.ts';
import { morphed, shareOfWay } from '../recipe/morph.ts';
import { pushed, type Quality, strengths } from '../recipe/push.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { escapeChoices } from '../recipe/wildcards.ts';
import { toggled } from './ideas.ts';
import type { Job } from './line.ts';
import { recipeHere } from './openedHere.ts';
import type { AppStore } from './store.ts';

/** Pictures of a morph, its ends among them. */
const MORPH = 9;

export function createChangeActions({ getState }: AppStore) {
  const opened = (picture: KeptPicture) => recipeHere(getState(), picture);

  return {
    /** Seven pictures, from little of a quality to much of it; the middle one is the picture itself. @throws {UserError} */
    pushesOf(picture: KeptPicture, { name, from, to }: Quality): Job {
      if (!from.trim() || !to.trim()) {
        throw new UserError(
          'recipe',
          'Write both ends of the way: what there is to be less of, and more of.',
        );
      }
      const { recipe } = opened(picture);
      const columns = strengths.map((strength) =>
        strength === 0 ? 'as it is' : `${name} ${strength > 0 ? '+' : '−'}${Math.abs(strength)}`,
      );
      return {
        prompt: escapeChoices(picture.head.prompt),
        recipes: pushed(recipe, { from, to }),
        grid: { columns, rows: [''] },
      };
    },

    /** Pictures from what the one shows to what the other does, by the one's seed. @throws {UserError} */
    morphOf(one: KeptPicture, other: KeptPicture): Job {
      const { recipe } = opened(one);
      const { recipe: end } = opened(other);
      const recipes = morphed(recipe, end, MORPH);
      const columns = recipes.map((_, i) => shareOfWay(i, MORPH));
      return { prompt: escapeChoices(one.head.prompt), recipes, grid: { columns, rows: [''] } };
    },

    /** One picture for each phrase of a group, in the place of what the prompt says of that. @throws {UserError} */
    triesOf(picture: KeptPicture, group: string): Job {
      const { recipe, manifest } = opened(picture);
      const { condition } = recipe;
      const groups = manifest.vocabulary?.groups ?? [];
      const phrases = groups.find(({ name }) => name === group)?.phrases;
      if (!phrases)
        throw new UserError('recipe', 'This model names no such group of phrases: choose another.');
      if (condition.kind !== 'text') {
        throw new UserError(
          'recipe',
          'This picture has no prompt whose words could be swapped: take one that has.',
        );
      }
      // A click on a phrase that is there would take it out.
      const others = phrases.map((phrase) => toggled(condition.text, groups, phrase));
      const texts = others.map((text, i) =>
        text.length < condition.text.length && !text.includes(phrases[i]) ? condition.text : text,
      );
      return {
        prompt: escapeChoices(condition.text),
        recipes: texts.map((text): Recipe => ({ ...recipe, condition: { kind: 'text', text } })),
        grid: { columns: [...phrases], rows: [''] },
      };
    },
  };
}
