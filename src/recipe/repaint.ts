// Pictures in which a painted region is drawn again, and all else stays.
import { lateStart, type ScheduledModel } from './lateStart.ts';
import type { Recipe } from './recipe.ts';

/**
 * The same recipes from a picture's tokens, of which the chosen ones are masked; all others stay as they are at every
 * step. Where a token of the picture is masked already, it is drawn as well.
 * @param recipes how the region is to be drawn: condition, seed and settings; their own starts give way
 * @param tokens of the picture, codes and K. [positions]
 * @param chosen [positions]
 * @throws {RangeError} where nothing is chosen, or for another number of positions
 */
export function repainted(
  recipes: readonly Recipe[],
  tokens: ArrayLike<number>,
  chosen: readonly boolean[],
  model: ScheduledModel,
): Recipe[] {
  if (chosen.length !== tokens.length || !chosen.includes(true)) {
    throw new RangeError(`repaint: ${chosen.filter(Boolean).length} of ${tokens.length} tokens chosen`);
  }
  const free = Array.from(tokens, (token, position) => chosen[position] || token === model.codebookSize);
  const start = lateStart(tokens, free, model);
  return recipes.map((recipe) => ({ ...recipe, start }));
}
