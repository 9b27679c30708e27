// Keep the most probable codes, as improved VQ-Diffusion's truncation sampling does. No renormalisation.
// Instead of sorting, a histogram of the probabilities tells where the border lies, and only its bucket is looked into.
import type { Truncation } from '../types.ts';
import { FLOOR } from './start.ts';

/** Of a double's upper half, what is left are sign, exponent and 3 more bits: 8 buckets an octave. */
const SHIFT = 17;
const LEAST = bucketOf(FLOOR);
const BUCKETS = bucketOf(1) - LEAST + 1;

function bucketOf(probability: number): number {
  return new Uint32Array(Float64Array.of(probability).buffer)[1] >>> SHIFT;
}

/**
 * Truncation of one row of memory, which is used for every row of a run again. `topR` keeps a code while the cumulated
 * probability *before* it is below r, so the one that crosses r stays; `topK` keeps the k largest. Ties go to the lower
 * index, the best code always stays, and all others become FLOOR.
 * @param start p(x_0), each in FLOOR..1, changed in place. [K]
 */
export function createTruncate(start: Float64Array): (truncation: Truncation) => void {
  const codes = start.length;
  const halves = new Uint32Array(start.buffer, start.byteOffset, 2 * codes);
  const buckets = new Float64Array(BUCKETS);
  const border = new Int32Array(codes);

  /** @param limit a code stays while the mass, or the number, of larger ones is below it */
  function keep(limit: number, byMass: boolean): void {
    buckets.fill(0);
    for (let k = 0; k < codes; k++) buckets[(halves[2 * k + 1] >>> SHIFT) - LEAST] += byMass ? start[k] : 1;
    // Down to the bucket in which the limit is reached: all above it is kept.
    let before = 0;
    let bucket = BUCKETS - 1;
    while (bucket >= 0 && before + buckets[bucket] < limit) before += buckets[bucket--];
    let count = 0;
    for (let k = 0; k < codes; k++) {
      const own = (halves[2 * k + 1] >>> SHIFT) - LEAST;
      if (own < bucket) start[k] = FLOOR;
      else if (own === bucket) border[count++] = k;
    }
    for (let i = select(before, limit, count, byMass); i < count; i++) start[border[i]] = FLOOR;
  }

  /** Brings the codes to keep to the front of the first `count` and returns how many they are. Linear on average. */
  function select(before: number, limit: number, count: number, byMass: boolean): number {
    let begin = 0;
    let end = count;
    // Everything before `begin` is kept, everything from `end` on is not.
    while (begin < end) {
      const pivot = partition(start, border, begin, end);
      let larger = 0;
      for (let i = begin; i < pivot; i++) larger += byMass ? start[border[i]] : 1;
      if (before + larger < limit) {
        before += larger + (byMass ? start[border[pivot]] : 1);
        begin = pivot + 1;
      } else {
        end = pivot;
      }
    }
    return begin;
  }

  return (truncation) => {
    switch (truncation.kind) {
      case 'none':
        return;
      case 'topR':
        // At r = 0 as well the best code has less before it than this.
        return keep(Math.max(truncation.r, Number.MIN_VALUE), true);
      case 'topK':
        return keep(truncation.k, false);
      default:
        truncation satisfies never;
    }
  };
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
