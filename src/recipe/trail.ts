// The way that a picture's tokens went, from where its recipe began to its last step.
import type { ImageTokens } from '../types.ts';
import type { Recipe } from './recipe.ts';

/** The tokens after each step; `mask` where a position is not set. rows: [steps][positions] */
export interface Trail {
  readonly mask: number;
  readonly rows: readonly Int32Array[];
}

/** One step of a picture, to be looked at again. */
export interface TrailStep {
  readonly recipe: Recipe;
  /** From 1. */
  readonly step: number;
  /** What the denoiser saw. [positions] */
  readonly before: ImageTokens;
  /** [positions] */
  readonly after: ImageTokens;
}

/** @throws {RangeError} for a step that the trail does not have */
export function trailStep(recipe: Recipe, trail: Trail, step: number): TrailStep {
  const after = trail.rows[step - 1];
  if (!after) throw new RangeError(`trail: no step ${step} of ${trail.rows.length}`);
  const before = trail.rows[step - 2] ?? startOf(recipe, trail);
  return { recipe, step, before: before.slice() as ImageTokens, after: after.slice() as ImageTokens };
}

/**
 * At which step each position got the token that it has after a step: 0 where it has had it from the start, null where
 * nothing is set. [positions]
 * @param step 0 for the start itself
 */
export function setSteps(recipe: Pick<Recipe, 'start'>, trail: Trail, step: number): (number | null)[] {
  let before = startOf(recipe, trail);
  const setAt: (number | null)[] = Array.from(before, (token) => (token === trail.mask ? null : 0));
  for (const [i, row] of trail.rows.slice(0, step).entries()) {
    for (const [position, token] of row.entries()) {
      if (token === before[position]) continue;
      setAt[position] = token === trail.mask ? null : i + 1;
    }
    before = row;
  }
  return setAt;
}

function startOf({ start }: Pick<Recipe, 'start'>, { mask, rows }: Trail): Int32Array {
  const positions = rows[0]?.length ?? 0;
  const given = start.kind === 'tokens' && start.tokens.length === positions ? start.tokens : null;
  return given ? Int32Array.from(given) : new Int32Array(positions).fill(mask);
}

/**
 * Rows and columns of a picture's tokens, as tokens are squares of pixels; null where no such grid is of so many.
 */
export function gridOf(
  positions: number,
  { width, height }: { readonly width: number; readonly height: number },
): { readonly rows: number; readonly columns: number } | null {
  const columns = Math.round(Math.sqrt((positions * width) / height));
  const rows = positions / columns;
  return Number.isInteger(rows) && rows * width === columns * height ? { rows, columns } : null;
}
