// p(x_0) at one position: from guided log-probabilities to the codes that truncation keeps. The authors keep logs and
// clamp them to [-70, 0]; here the last form of a distribution is linear, clamped to the same range, as that saves most
// logarithms.
import type { Truncation } from '../types.ts';
import type { Distribution } from './distribution.ts';
import { exp, LOG_FLOOR, stepsDown } from './exp.ts';
import { createHistogram, type Histogram, keepLargest } from './truncate.ts';

// To the compiler only what a module keeps to itself is constant; in the loops below that is a third of the time.
const LOWEST = LOG_FLOOR;
const LEAST = Math.exp(LOWEST);

/** LOG_FLOOR, linear. */
export const FLOOR = LEAST;

/** Keeps a probability where its logarithm lies in [-70, 0]. */
export function clampProbability(probability: number): number {
  if (probability < LEAST) return LEAST;
  return probability > 1 ? 1 : probability;
}

/** Buckets of the histogram are 8 steps of exp wide: an eighth of an octave. */
const BUCKET_SHIFT = 3;
const BUCKETS = (stepsDown(LOWEST) >> BUCKET_SHIFT) + 1;

/**
 * p(x_0), truncated: `topR` keeps a code while the cumulated probability *before* it is below r, so the one that crosses
 * r stays; `topK` keeps the k largest. Ties go to the lower index, the best code always stays, and all others become
 * FLOOR. No renormalisation.
 * @param logs log p(x_0) up to a constant; overwritten. [K]
 * @param max the largest of them
 * @throws {RangeError} for NaN or infinite ones: sampling would draw noise from them, and nobody would know
 */
export type Start = (logs: Float64Array, max: number, truncation: Truncation, out: Distribution) => void;

/** Memory for rows of K codes, which is used for every row of a run again. */
export function createStart(codes: number): Start {
  const histogram = createHistogram(codes, BUCKETS);
  return (logs, max, truncation, out) => {
    const byMass = truncation.kind !== 'topK';
    const sum = weigh(logs, max, byMass, histogram);
    if (!(sum > 0)) throw notNumbers();
    const weights = logs;
    const { classes, probabilities } = out;
    const count = keepLargest(weights, histogram, limitOf(truncation, sum), byMass, classes);
    const scale = 1 / sum;
    for (let i = 0; i < count; i++) probabilities[i] = clampProbability(weights[classes[i]] * scale);
    out.count = count;
    out.others = FLOOR;
  };
}

/**
 * softmax but for the division, in place: e^(log - max). VQ-Diffusion (arXiv 2111.14822), eq. 11.
 * @returns the sum
 */
function weigh(values: Float64Array, max: number, byMass: boolean, { buckets, totals }: Histogram): number {
  const codes = values.length;
  totals.fill(0);
  let sum = 0;
  for (let k = 0; k < codes; k++) {
    const below = values[k] - max;
    const log = below < LOWEST ? LOWEST : below;
    const weight = exp(log);
    const bucket = stepsDown(log) >> BUCKET_SHIFT;
    values[k] = weight;
    buckets[k] = bucket;
    totals[bucket] += byMass ? weight : 1;
    sum += weight;
  }
  return sum;
}

/** A code is kept while the mass, or the number, of larger ones is below this. */
function limitOf(truncation: Truncation, sum: number): number {
  switch (truncation.kind) {
    case 'none':
      return Number.POSITIVE_INFINITY;
    case 'topR':
      // At r = 0 as well the best code has less before it than this.
      return Math.max(truncation.r * sum, Number.MIN_VALUE);
    case 'topK':
      return truncation.k;
    default:
      return truncation satisfies never;
  }
}

/** What there is to say when logits have NaN or infinity. */
export function notNumbers(): RangeError {
  return new RangeError(
    'The denoiser gave logits that are no numbers: its weights or the device are faulty.',
  );
}
