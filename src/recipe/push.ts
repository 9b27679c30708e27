// One quality of a picture, less of it or more: its condition is pushed along the way from one text to another.
import type { RecipeCondition } from './condition.ts';
import type { Recipe } from './recipe.ts';

/** A way in CLIP's space, by its two ends. */
export interface Quality {
  readonly name: string;
  /** What there is less of. */
  readonly from: string;
  /** What there is more of. */
  readonly to: string;
}

/** From as far away to as far towards it; 0 is the picture itself. At 1 nearly all show what is pushed towards, and much else changes with it. */
export const strengths = [-2, -1, -0.5, 0, 0.5, 1, 2] as const;

/** Those ready to be chosen; their words are a portrait's. */
export const qualities: readonly Quality[] = [
  { name: 'smile', from: 'a person with a neutral expression', to: 'a smiling person' },
  { name: 'age', from: 'a young person', to: 'an old person' },
  { name: 'glasses', from: 'a person', to: 'a person with glasses' },
  { name: 'beard', from: 'a clean shaven man', to: 'a man with a beard' },
  { name: 'hair length', from: 'a person with short hair', to: 'a person with long hair' },
  { name: 'curls', from: 'a person with straight hair', to: 'a person with curly hair' },
  { name: 'blond hair', from: 'a person with black hair', to: 'a person with blond hair' },
  { name: 'makeup', from: 'a woman', to: 'a woman with heavy makeup' },
];

/** base + strength * (to - from); the base itself at 0. */
export function pushedCondition(
  base: RecipeCondition,
  { from, to }: Pick<Quality, 'from' | 'to'>,
  strength: number,
): RecipeCondition {
  if (strength === 0) return base;
  const text = (words: string): RecipeCondition => ({ kind: 'text', text: words });
  return { kind: 'direction', base, from: text(from), to: text(to), strength };
}

/** The picture's recipe with its condition pushed, one for each strength: the seed and all else stay. */
export function pushed(
  recipe: Recipe,
  quality: Pick<Quality, 'from' | 'to'>,
  by: readonly number[] = strengths,
): Recipe[] {
  return by.map((strength) => ({
    ...recipe,
    condition: pushedCondition(recipe.condition, quality, strength),
  }));
}
