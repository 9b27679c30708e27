// The noun of the whole program: everything that decides one picture, and nothing else. Page, link, PNG, gallery and
// command line carry it; the engine runs a list of them.
import { needsGuidance } from '../diffusion/guidance.ts';
import type { Arithmetic, Sampler, Truncation } from '../types.ts';
import type { RecipeCondition } from './condition.ts';
import type { RecipeStart } from './start.ts';

/** The schema that this program writes; migrate.ts leads older ones here. */
export const RECIPE_VERSION = 4;

export const MAX_SEED = 0xffffffff;
export const MAX_GUIDANCE = 100;
/** T of the longest schedule a pack may have. */
export const MAX_STEPS = 100_000;

/** Which weights: by the pack's name, and by what fingerprint.ts makes of them. */
export interface RecipeModel {
  readonly id: string;
  /** 24 hexadecimal digits; null where it was not written down, as in version 1. */
  readonly fingerprint: string | null;
}

export interface Recipe {
  readonly version: typeof RECIPE_VERSION;
  readonly model: RecipeModel;
  /** What the picture should show. */
  readonly condition: RecipeCondition;
  /** What guidance leads away from, in the place of the null condition; only where guidance is not 1. */
  readonly avoid?: RecipeCondition;
  readonly start: RecipeStart;
  /** u32 */
  readonly seed: number;
  /** Denoiser evaluations of a whole run, 1..T; one that starts late takes its share of them, as jumps.ts has it. */
  readonly steps: number;
  /** Classifier-free guidance scale s in u + s (c - u); 1 needs no second branch. */
  readonly guidance: number;
  readonly truncation: Truncation;
  /** The share of the tokens, 0..1, that is drawn once more at the end: the least likely ones of each look; 0 for none. */
  readonly redraw: number;
  /** Only of pictures from when all of it was drawn in one look, whatever its share. */
  readonly looks?: 1;
  readonly sampler: Sampler;
  readonly arithmetic: Arithmetic;
}

/** All but the version; start and redraw may be left out where they are the usual ones. */
export type RecipeParts = Omit<Recipe, 'version' | 'start' | 'redraw'> & {
  readonly start?: RecipeStart;
  readonly redraw?: number;
};

/** A recipe of these parts. Without guidance nothing is led away from, so `avoid` is left out then. */
export function makeRecipe({
  avoid,
  start = { kind: 'all masked' },
  redraw = 0,
  ...parts
}: RecipeParts): Recipe {
  return {
    version: RECIPE_VERSION,
    start,
    redraw,
    ...parts,
    ...(avoid && needsGuidance(parts.guidance) && { avoid }),
  };
}
