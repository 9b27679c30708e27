// Keep the most probable codes, as improved VQ-Diffusion's truncation sampling does. No renormalisation.
import type { Truncation } from '../types.ts';
import { FLOOR } from './start.ts';

/**
 * Floors all codes but the most probable ones. `topR` keeps a code while the cumulated probability *before* it is
 * below r, so the one that crosses r stays; `topK` keeps the k largest. Ties go to the lower index.
 * @param start p(x_0), changed in place. [K]
 * @param order memory to work in, used for every row again. [K]
 */
export function truncate(start: Float64Array, truncation: Truncation, order: Int32Array): void {
  switch (truncation.kind) {
    case 'none':
      return;
    case 'topR': {
      const count = likelyCodes(start, truncation.r, order);
      floorRest(start, order, count, selectMass(start, order, count, truncation.r));
      return;
    }
    case 'topK': {
      const count = likelyCodes(start, 1, order);
      floorRest(start, order, count, selectCount(start, order, count, truncation.k));
      return;
    }
    default:
      truncation satisfies never;
  }
}

/**
 * Collects the codes that may be kept, and floors the others. The codes of at most (1 - r) / K hold no more than 1 - r
 * together, so the larger ones reach r without them; a thousandth is left for rounding.
 */
function likelyCodes(start: Float64Array, r: number, order: Int32Array): number {
  const threshold = (0.999 * (1 - r)) / start.length;
  let count = 0;
  for (let k = 0; k < start.length; k++) {
    if (start[k] > threshold) order[count++] = k;
    else start[k] = FLOOR;
  }
  return count;
}

function floorRest(start: Float64Array, order: Int32Array, count: number, kept: number): void {
  for (let i = kept; i < count; i++) start[order[i]] = FLOOR;
}

/** Brings the codes to keep to the front of `order` and returns how many they are. Linear on average. */
function selectMass(start: Float64Array, order: Int32Array, count: number, r: number): number {
  let begin = 0;
  let end = count;
  let massBefore = 0;
  // Everything before `begin` is kept, everything from `end` on is not.
  while (begin < end && (begin === 0 || massBefore < r)) {
    const pivot = partition(start, order, begin, end);
    let massOfLarger = 0;
    for (let i = begin; i < pivot; i++) massOfLarger += start[order[i]];
    if (massBefore + massOfLarger < r) {
      massBefore += massOfLarger + start[order[pivot]];
      begin = pivot + 1;
    } else {
      end = pivot;
    }
  }
  // The best code always stays, also at r = 0; the last partition has put it first.
  return Math.max(begin, 1);
}

function selectCount(start: Float64Array, order: Int32Array, count: number, k: number): number {
  let begin = 0;
  let end = count;
  while (begin < end) {
    const pivot = partition(start, order, begin, end);
    if (pivot < k) begin = pivot + 1;
    else end = pivot;
  }
  return begin;
}

/** Puts the codes more probable than a pivot before it, the others behind it, and returns its place. */
function partition(start: Float64Array, order: Int32Array, begin: number, end: number): number {
  const last = end - 1;
  swap(order, (begin + last) >> 1, last);
  const pivot = order[last];
  let place = begin;
  for (let i = begin; i < last; i++) {
    const code = order[i];
    const difference = start[code] - start[pivot];
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
