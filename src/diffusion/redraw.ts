// Second looks at a whole picture: every token is judged by what the others show of it, and the least likely ones are
// drawn once more. What a chain draws early it draws knowing little, and no later step takes it back.
import type { ImageTokens, Logits } from '../types.ts';
import { seededNoise } from './random.ts';
import { notNumbers } from './start.ts';
import { type Jump, stridedJumps } from './timesteps.ts';

/** One evaluation of a whole picture, after which its least likely tokens are MASK again. */
export interface Look {
  /** At which half of all tokens are masked, as they are while the others are judged. */
  readonly timestep: number;
  /** Of the tokens that may change, how many are drawn once more, 0..1. */
  readonly share: number;
  /** Which look it is, from 0: each hides other halves. */
  readonly round: number;
}

/** A step of a chain. */
export type Move = Jump | Look;

export const isLook = (move: Move): move is Look => 'share' in move;

/** What a look draws again at most: two looks of a tenth mend more faces than one of a fifth (training/README.md). */
const MOST_AT_ONCE = 0.1;

/** How many looks such a share takes. */
export const looksFor = (share: number): number => Math.ceil(share / MOST_AT_ONCE - 1e-9);

/**
 * Looks, and behind each two jumps from the timestep at which its share is masked; one where that is as little as a
 * timestep's. Chance is keyed beyond the chain's own timesteps, so that nothing is drawn twice by the same numbers.
 * @param share 0..1 of the tokens over all looks; for 0 there is nothing to do
 */
export function planRedraw(share: number, timesteps: number, looks = looksFor(share)): Move[] {
  if (share === 0) return [];
  const once = share / looks;
  const first = Math.min(timesteps - 1, Math.max(1, Math.round(timesteps * once)));
  const jumps = stridedJumps([...new Set([first, Math.round(first / 2)])]);
  return Array.from({ length: looks }, (_, round) => [
    { timestep: Math.max(0, Math.round(timesteps / 2) - 1), share: once, round },
    ...jumps.map((jump) => ({ ...jump, chance: (round + 1) * timesteps + jump.timestep })),
  ]).flat();
}

/** Keeps these draws apart from those of the chain, whose classes are below it. */
const HALVES = 0x68616c66;

/**
 * Which tokens each of the two evaluations hides: a half by chance, the same of every picture, as the denoiser met them in
 * its training. (The squares of a board break faces besides.) 0 or 1. [positions]
 * @param round of a look
 */
export function halves(positions: number, round: number): Uint8Array {
  const noise = seededNoise(round);
  const order = Array.from({ length: positions }, (_, position) => ({
    position,
    chance: noise(0, position, HALVES),
  }));
  // The earlier position on ties, as sorting is stable.
  order.sort((one, other) => one.chance - other.chance);
  const half = new Uint8Array(positions);
  for (const { position } of order.slice(positions >> 1)) half[position] = 1;
  return half;
}

/** The pictures twice, one half of each hidden in turn. [candidates, positions] -> [2 * candidates, positions] */
export function hideHalves(tokens: ImageTokens, half: Uint8Array, mask: number): ImageTokens {
  const hidden = new Int32Array(2 * tokens.length) as ImageTokens;
  for (let i = 0; i < hidden.length; i++) {
    const hides = half[i % half.length] === (i < tokens.length ? 0 : 1);
    hidden[i] = hides ? mask : tokens[i % tokens.length];
  }
  return hidden;
}

/**
 * log p of each token where it was hidden: under the prompt alone, as guidance makes the expected ever more likely. A token
 * that is MASK even now is the least likely of all.
 * @param logits of what hideHalves() gave. [2 * candidates, positions, K]
 * @param tokens codes, and K. [candidates, positions]
 * @returns [candidates, positions]
 * @throws {RangeError} for logits that are no numbers
 */
export function judge(logits: Logits, tokens: ImageTokens, half: Uint8Array, codes: number): Float64Array {
  return Float64Array.from(tokens, (token, i) => {
    const row = half[i % half.length] * tokens.length + i;
    const own = logits.subarray(row * codes, (row + 1) * codes);
    const max = own.reduce((most, value) => Math.max(most, value));
    const sum = own.reduce((total, value) => total + Math.exp(value - max), 0);
    if (!Number.isFinite(sum)) throw notNumbers();
    return token === codes ? Number.NEGATIVE_INFINITY : own[token] - max - Math.log(sum);
  });
}

/** How many of a picture's tokens are drawn once more, one at least. */
export function redrawCount(share: number, free: ArrayLike<number>): number {
  return Math.max(1, Math.round(share * Array.from(free).filter(Boolean).length));
}

/**
 * Masks the least likely of the tokens that may change, the first on ties, in place.
 * @param likelihood of each. [positions]
 * @param free [positions]
 * @param tokens [positions]
 */
export function maskLeastLikely(
  likelihood: Float64Array,
  free: ArrayLike<number>,
  share: number,
  tokens: Int32Array,
  mask: number,
): void {
  const order = Array.from(likelihood.keys()).filter((position) => free[position] !== 0);
  // Sorting is stable.
  order.sort((one, other) => likelihood[one] - likelihood[other]);
  for (const position of order.slice(0, redrawCount(share, free))) tokens[position] = mask;
}
