// Keep the most probable codes, as improved VQ-Diffusion's truncation sampling does. No renormalisation.
import type { Truncation } from '../types.ts';
import { LOG_FLOOR } from './start.ts';

/** Memory that one row's truncation works in; made once, used for every row. */
export interface TruncationScratch {
  readonly probabilities: Float64Array;
  readonly order: Int32Array;
}

/** @param codes K */
export function truncationScratch(codes: number): TruncationScratch {
  return { probabilities: new Float64Array(codes), order: new Int32Array(codes) };
}

/**
 * Floors all codes but the most probable ones. `topR` keeps a code while the cumulated probability *before* it is
 * below r, so the one that crosses r stays; `topK` keeps the k largest. Ties go to the lower index.
 * @param logStart log p(x_0), changed in place. [K + 1]
 */
export function truncate(logStart: Float64Array, truncation: Truncation, scratch: TruncationScratch): void {
  if (truncation.kind === 'none') return;
  const { probabilities, order } = scratch;
  for (let k = 0; k < order.length; k++) {
    probabilities[k] = Math.exp(logStart[k]);
    order[k] = k;
  }
  const kept =
    truncation.kind === 'topR' ? selectMass(scratch, truncation.r) : selectCount(scratch, truncation.k);
  for (let i = kept; i < order.length; i++) logStart[order[i]] = LOG_FLOOR;
}

/** Brings the codes to keep to the front of `order` and returns how many they are. Linear on average. */
function selectMass(scratch: TruncationScratch, r: number): number {
  const { probabilities, order } = scratch;
  let begin = 0;
  let end = order.length;
  let massBefore = 0;
  // Everything before `begin` is kept, everything from `end` on is not.
  while (begin < end) {
    const pivot = partition(scratch, begin, end);
    let massOfLarger = 0;
    for (let i = begin; i < pivot; i++) massOfLarger += probabilities[order[i]];
    if (massBefore + massOfLarger < r) {
      massBefore += massOfLarger + probabilities[order[pivot]];
      begin = pivot + 1;
      if (!(massBefore < r)) return begin;
    } else {
      end = pivot;
    }
  }
  // The best code always stays, also at r = 0; the last partition has put it first.
  return Math.max(begin, 1);
}

function selectCount(scratch: TruncationScratch, k: number): number {
  let begin = 0;
  let end = scratch.order.length;
  while (begin < end) {
    const pivot = partition(scratch, begin, end);
    if (pivot < k) begin = pivot + 1;
    else end = pivot;
  }
  return Math.min(k, scratch.order.length);
}

/** Puts the codes more probable than a pivot before it, the others behind it, and returns its place. */
function partition({ probabilities, order }: TruncationScratch, begin: number, end: number): number {
  const last = end - 1;
  swap(order, (begin + last) >> 1, last);
  const pivot = order[last];
  let place = begin;
  for (let i = begin; i < last; i++) {
    const code = order[i];
    const difference = probabilities[code] - probabilities[pivot];
    if (difference > 0 || (difference === 0 && code < pivot)) swap(order, i, place++);
  }
  swap(order, place, last);
  return place;
}

function swap(order: Int32Array, i: number, j: number): void {
  const kept = order[i];
  order[i] = order[j];
  order[j] = kept;
}
