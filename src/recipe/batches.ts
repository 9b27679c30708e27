// Which recipes of a list can go through the denoiser together: those that take the same steps in the same way.
import type { Recipe } from './recipe.ts';
import { writeRecipe } from './write.ts';

/**
 * Places in the list, in batches of at most `most`. Batches come in the order of their first recipes, and recipes within
 * them in theirs; conditions, what to avoid, seeds and tokens to start from may differ within one.
 * `[25 steps, 10 steps, 25 steps, 25 steps]` in twos gives `[[0, 2], [1], [3]]`.
 * @param done steps that each has behind it: only those with as many go together
 */
export function batchesOf(
  recipes: readonly Recipe[],
  most: number,
  done: (place: number) => number = () => 0,
): number[][] {
  const batches: number[][] = [];
  const open = new Map<string, number[]>();
  for (const [place, recipe] of recipes.entries()) {
    const way = `${done(place)} ${wayOf(recipe)}`;
    const batch = open.get(way);
    if (batch && batch.length < most) batch.push(place);
    else {
      const begun = [place];
      batches.push(begun);
      open.set(way, begun);
    }
  }
  return batches;
}

/** What is left of a recipe when each picture's own is taken out. */
function wayOf({ avoid: _, start, ...recipe }: Recipe): string {
  return writeRecipe({
    ...recipe,
    condition: { kind: 'text', text: '' },
    seed: 0,
    start: start.kind === 'tokens' ? { ...start, tokens: [], free: '' } : start,
  });
}
