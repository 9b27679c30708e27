// From one picture to another: conditions on the great circle between theirs, all else as the first one has it.
import type { Recipe } from './recipe.ts';

/** What the i-th of so many pictures on the way is called: `25 %`. @param count at least 2 */
export function shareOfWay(i: number, count: number): string {
  return `${Math.round((100 * i) / (count - 1))} %`;
}

/**
 * Recipes from the one's condition to the other's. Their ends are the two conditions themselves; seed, steps and all else are the first one's, so
 * that what changes is what was asked for.
 * @param count at least 2, the ends among them
 */
export function morphed(one: Recipe, other: Recipe, count: number): Recipe[] {
  return Array.from({ length: count }, (_, i): Recipe => {
    const at = i / (count - 1);
    if (at === 0) return one;
    if (at === 1) return { ...one, condition: other.condition };
    return { ...one, condition: { kind: 'between', from: one.condition, to: other.condition, at } };
  });
}
