// The largest of many weights, as improved VQ-Diffusion's truncation sampling keeps them. Instead of sorting, a histogram
// tells where the border lies, and only its bucket is looked into.

/** Codes in buckets by their weight, the largest first, and room to look into one of them. */
export interface Histogram {
  /** The bucket of each code. [K] */
  readonly buckets: Uint16Array;
  /** The mass, or the number, of the codes in each bucket. */
  readonly totals: Float64Array;
  /** Codes of one bucket. [K] */
  readonly border: Int32Array;
}

export function createHistogram(codes: number, buckets: number): Histogram {
  return {
    buckets: new Uint16Array(codes),
    totals: new Float64Array(buckets),
    border: new Int32Array(codes),
  };
}

/**
 * Keeps a code while the mass, or the number, of larger ones is below a limit. Ties go to the lower index.
 * @param kept takes their indices, ascending. [K]
 * @returns how many they are
 */
export function keepLargest(
  weights: Float64Array,
  { buckets, totals, border }: Histogram,
  limit: number,
  byMass: boolean,
  kept: Int32Array,
): number {
  // Down to the bucket in which the limit is reached: all above it is kept, and without one all there is.
  let before = 0;
  let bucket = 0;
  while (bucket < totals.length && before + totals[bucket] < limit) before += totals[bucket++];
  let count = 0;
  for (let k = 0; k < buckets.length; k++) {
    // The sign bit in place of a branch, which no processor can foresee.
    kept[count] = k;
    count += (buckets[k] - bucket - 1) >>> 31;
  }
  if (bucket === totals.length) return count;

  let size = 0;
  for (let i = 0; i < count; i++) if (buckets[kept[i]] === bucket) border[size++] = kept[i];
  const stay = select(weights, border, size, limit - before, byMass);
  if (stay === size) return count;

  const last = border[stay - 1];
  let left = 0;
  for (let i = 0; i < count; i++) if (!comesBefore(weights, last, kept[i])) kept[left++] = kept[i];
  return left;
}

/**
 * Brings the codes to keep to the front of the first `count`, the least of them last, and returns how many they are.
 * Linear on average.
 */
function select(
  weights: Float64Array,
  order: Int32Array,
  count: number,
  limit: number,
  byMass: boolean,
): number {
  let before = 0;
  let begin = 0;
  let end = count;
  // Everything before `begin` is kept, everything from `end` on is not.
  while (begin < end) {
    const pivot = partition(weights, order, begin, end);
    let larger = 0;
    for (let i = begin; i < pivot; i++) larger += byMass ? weights[order[i]] : 1;
    if (before + larger < limit) {
      before += larger + (byMass ? weights[order[pivot]] : 1);
      begin = pivot + 1;
    } else {
      end = pivot;
    }
  }
  return begin;
}

/** Puts the codes that come before a pivot there, the others behind it, and returns its place. */
function partition(weights: Float64Array, order: Int32Array, begin: number, end: number): number {
  const last = end - 1;
  swap(order, (begin + last) >> 1, last);
  const pivot = order[last];
  let place = begin;
  for (let i = begin; i < last; i++) {
    if (comesBefore(weights, order[i], pivot)) swap(order, i, place++);
  }
  swap(order, place, last);
  return place;
}

/** By falling weight, the lower index on ties. */
function comesBefore(weights: Float64Array, a: number, b: number): boolean {
  const difference = weights[a] - weights[b];
  return difference > 0 || (difference === 0 && a < b);
}

function swap(order: Int32Array, i: number, j: number): void {
  const kept = order[i];
  order[i] = order[j];
  order[j] = kept;
}
