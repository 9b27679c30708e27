// Another way on from the middle of a picture's way.

import { isLook } from '../diffusion/redraw.ts';
import type { PackManifest } from '../pack/manifest.ts';
import { jumpsOf } from './jumps.ts';
import { makeRecipe, type Recipe } from './recipe.ts';
import { encodeFree } from './start.ts';

/** What may be other from there on. */
export type BranchChange = Partial<Pick<Recipe, 'condition' | 'guidance' | 'steps'>>;

/**
 * The picture's recipe from after one of its steps on, one for each seed: what was set stays as likely to stay as it was,
 * and the rest is drawn by the new seed. With its own seed, where its steps are even, it becomes the same picture again.
 * @param tokens after each of its steps. [steps][positions]
 * @param step of them, from 1 to the last but one
 * @param seeds u32
 * @param change `steps` are those of a whole run, as everywhere: the rest of the way takes its share of them
 * @throws {RangeError} for another step
 */
export function branched(
  recipe: Recipe,
  tokens: readonly ArrayLike<number>[],
  step: number,
  seeds: readonly number[],
  { timesteps }: Pick<PackManifest, 'timesteps'>,
  change: BranchChange = {},
): Recipe[] {
  const next = jumpsOf(recipe, timesteps)[step];
  const row = tokens[step - 1];
  if (!next || !row) throw new RangeError(`branch: no way on from step ${step} of ${tokens.length}`);
  // Before the second look nothing is masked: one step at timestep 0 keeps it so, and leads to the look.
  const timestep = isLook(next) ? 0 : next.timestep;
  const { start } = recipe;
  const free = start.kind === 'tokens' ? start.free : encodeFree(Array(row.length).fill(true));
  const begun = { kind: 'tokens', tokens: Array.from(row), free, timestep } as const;
  return seeds.map((seed) => makeRecipe({ ...recipe, ...change, seed, start: begun }));
}
