// Pictures that are nearly one that there is: a part of its tokens is masked by chance and drawn again.
import { seededNoise } from '../diffusion/random.ts';
import { maskedStart, type ScheduledModel, timestepOfMasked } from './maskedStart.ts';
import type { Recipe } from './recipe.ts';
import type { RecipeStart } from './start.ts';

/** The share of the tokens that is drawn again. */
export const variations = { subtly: 0.15, clearly: 0.35, strongly: 0.6 } as const;
export type Variation = keyof typeof variations;

/** Keeps these draws apart from those of the chain, whose classes are below it. */
const MASKS = 0x6d61736b;

/**
 * A start from a picture's tokens with a share of them masked, which of them by the seed; all others stay as they are. The
 * first timestep is the one at which so many tokens are masked in the model's schedule.
 * @param tokens of the finished picture; one that is masked is drawn in any case. [positions]
 * @param share 0..1; at least one token is masked
 * @param seed u32
 */
export function variedStart(
  tokens: ArrayLike<number>,
  share: number,
  seed: number,
  model: ScheduledModel,
): RecipeStart {
  const noise = seededNoise(seed);
  const count = Math.max(1, Math.round(share * tokens.length));
  const order = Array.from(tokens, (_, position) => ({ position, chance: noise(0, position, MASKS) }));
  // The earlier position on ties, as sorting is stable.
  order.sort((one, other) => one.chance - other.chance);
  const free = Array.from(tokens, (token) => token === model.codebookSize);
  for (const { position } of order.slice(0, count)) free[position] = true;
  return maskedStart(tokens, free, timestepOfMasked(free, model), model);
}

/**
 * Variations of a picture, one for each seed: its prompt and settings, other tokens in some places.
 * @param tokens of the finished picture. [positions]
 * @param seeds u32
 */
export function varied(
  recipe: Recipe,
  tokens: ArrayLike<number>,
  variation: Variation,
  seeds: readonly number[],
  model: ScheduledModel,
): Recipe[] {
  return seeds.map((seed) => ({
    ...recipe,
    seed,
    start: variedStart(tokens, variations[variation], seed, model),
  }));
}
