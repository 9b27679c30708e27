// Which way a recipe goes: as many evaluations of the denoiser as its steps say, fewer where it begins late, and a second
// look at the end where it asks for one.
import { planRedraw, type Redraw } from '../diffusion/redraw.ts';
import { type Jump, planJumpsFrom } from '../diffusion/timesteps.ts';
import type { Recipe } from './recipe.ts';

type Ways = Pick<Recipe, 'start' | 'sampler' | 'steps'>;

/**
 * A recipe's `steps` are those of a whole run over all T timesteps. One that starts from tokens at timestep t goes over
 * 0..t alone, in its share of them: 25 steps of 100 timesteps from timestep 39 are 10. So the same settings go through a
 * late start at the pace at which they go through a picture.
 * @param timesteps T of its model
 * @throws {RangeError} for what checkRecipe() refuses
 */
export function jumpsOf({ start, sampler, steps }: Ways, timesteps: number): Jump[] {
  const first = start.kind === 'tokens' ? start.timestep : timesteps - 1;
  return planJumpsFrom(first, sampler, timesteps, steps);
}

/** What follows after the jumps; null for a recipe without a second look. */
export function redrawOf({ redraw }: Pick<Recipe, 'redraw'>, timesteps: number): Redraw | null {
  return planRedraw(redraw, timesteps);
}

/** One step of a recipe: a jump, or the look at what is whole. */
export type RecipeStep =
  | { readonly kind: 'jump'; readonly jump: Jump }
  | { readonly kind: 'look'; readonly redraw: Redraw };

/**
 * Every step that a recipe takes, in turn.
 * @param timesteps T of its model
 */
export function stepsOf(recipe: Ways & Pick<Recipe, 'redraw'>, timesteps: number): RecipeStep[] {
  const redraw = redrawOf(recipe, timesteps);
  const taken = (jump: Jump): RecipeStep => ({ kind: 'jump', jump });
  const before = jumpsOf(recipe, timesteps).map(taken);
  return redraw ? [...before, { kind: 'look', redraw }, ...redraw.jumps.map(taken)] : before;
}
