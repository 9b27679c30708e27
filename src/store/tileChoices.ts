// What the model had in mind for one tile after a step: the likeliest codes, each seen in the picture so far.
import type { StoreApi } from 'zustand/vanilla';
import type { StepLook } from '../events.ts';
import type { Trail } from '../recipe/trail.ts';
import type { ImageTokens, RgbaImage } from '../types.ts';
import { cropAround, type Grid } from './crop.ts';
import type { Explained } from './explainerState.ts';

/** Likeliest codes that are looked at of each tile. */
export const CHOICES = 5;
/** Tiles on each side of the one whose choices are drawn. */
export const AROUND = 1;
/** Crops of choices that are remembered, a few kB each. */
const MOST_CROPS = 400;

export interface TilePlace {
  /** From 1. */
  readonly step: number;
  readonly position: number;
}

/** The likeliest code's share, of a token that is worth a look. */
const TELLING = 0.4;

export const choiceKey = (step: number, position: number, code: number) => `${step} ${position} ${code}`;

/**
 * A token to begin with: hidden after the step, near the middle, and of which the model is neither sure nor at a loss.
 */
export function tellingPosition(
  { rows, mask }: Trail,
  step: number,
  { likeliest }: StepLook,
  grid: Grid,
): number {
  let best = Math.floor(grid.rows / 2) * grid.columns + Math.floor(grid.columns / 2);
  let least = Number.POSITIVE_INFINITY;
  for (const [position, token] of rows[step - 1].entries()) {
    if (token !== mask || !likeliest) continue;
    const share = likeliest.probabilities[position * likeliest.count];
    const row = (Math.floor(position / grid.columns) + 0.5) / grid.rows - 0.5;
    const column = ((position % grid.columns) + 0.5) / grid.columns - 0.5;
    const cost = Math.abs(share - TELLING) + Math.hypot(row, column);
    if (cost < least) [best, least] = [position, cost];
  }
  return best;
}

/** What the picture looks like after a step, in tokens: the likeliest code wherever none is set. [positions] */
export function guessOf({ rows, mask }: Trail, step: number, { likeliest }: StepLook): ImageTokens {
  return rows[step - 1].map((token, i) =>
    token === mask ? (likeliest?.codes[i * likeliest.count] ?? 0) : token,
  ) as ImageTokens;
}

/**
 * The likeliest codes of a tile, each drawn in its place, the likeliest first. What was drawn before is not drawn again.
 * @param draw rejects where they are wanted no more
 */
export async function drawChoices(
  { getState, setState }: StoreApi<Explained>,
  { step, position }: TilePlace,
  draw: (tokens: ImageTokens) => Promise<RgbaImage>,
): Promise<void> {
  const { trail, looks, figures } = getState();
  const model = figures.way.run?.model;
  const look = looks.get(step);
  if (!trail || !model || !look?.image || !look.likeliest) return;
  const { codes, count } = look.likeliest;
  const guess = guessOf(trail, step, look);
  for (let place = 0; place < count; place++) {
    const code = codes[position * count + place];
    const key = choiceKey(step, position, code);
    if (getState().crops.has(key)) continue;
    let image = look.image;
    if (guess[position] !== code) {
      const tokens = guess.slice() as ImageTokens;
      tokens[position] = code;
      image = await draw(tokens);
    }
    const crop = cropAround(image, model.grid, position, AROUND);
    setState(({ crops }) => ({ crops: new Map([...crops, [key, crop] as const].slice(-MOST_CROPS)) }));
  }
}
