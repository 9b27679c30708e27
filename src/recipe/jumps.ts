// Which way a recipe goes: as many evaluations of the denoiser as its steps say, fewer where it begins late, and second
// looks at the end where it asks for them.
import { type Move, planRedraw } from '../diffusion/redraw.ts';
import { planJumpsFrom } from '../diffusion/timesteps.ts';
import type { Recipe } from './recipe.ts';

/**
 * A recipe's `steps` are those of a whole run over all T timesteps. One that starts from tokens at timestep t goes over
 * 0..t alone, in its share of them: 25 steps of 100 timesteps from timestep 39 are 10. So the same settings go through a
 * late start at the pace at which they go through a picture. Second looks and their jumps come on top.
 * @param timesteps T of its model
 * @throws {RangeError} for what checkRecipe() refuses
 */
export function jumpsOf(
  { start, sampler, steps, redraw, looks }: Pick<Recipe, 'start' | 'sampler' | 'steps' | 'redraw' | 'looks'>,
  timesteps: number,
): Move[] {
  const first = start.kind === 'tokens' ? start.timestep : timesteps - 1;
  return [...planJumpsFrom(first, sampler, timesteps, steps), ...planRedraw(redraw, timesteps, looks)];
}
