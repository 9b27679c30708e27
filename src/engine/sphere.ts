// Points of the sphere on which CLIP's embeddings lie: sums and ways between them, in float64.
import { UserError } from '../errors.ts';
import type { Condition } from '../types.ts';

/** A sum shorter than this share of its parts is rounding: embeddings are float32. */
const VANISHED = 1e-5;
/** Ends whose sum is shorter than this are opposite, as far as float32 tells the way between them. */
const OPPOSITE = 1e-3;
/** Along a way this short sines are their angles. In radians. */
const SHORT = 1e-5;

export interface Weighted {
  readonly vector: Condition;
  readonly weight: number;
}

/**
 * The weighted sum, brought to length 1. [conditionSize]
 * @throws {UserError} `recipe` where the parts cancel out, as opposite ones do
 */
export function weightedSum(parts: readonly Weighted[]): Condition {
  const sum = new Float64Array(parts[0].vector.length);
  let weights = 0;
  for (const { vector, weight } of parts) {
    weights += Math.abs(weight);
    for (let i = 0; i < sum.length; i++) sum[i] += weight * vector[i];
  }
  const length = Math.hypot(...sum);
  if (!(length > VANISHED * weights)) {
    throw new UserError(
      'recipe',
      'The parts of this prompt cancel out, so that nothing is left to draw: change one of their weights.',
    );
  }
  return Float32Array.from(sum, (value) => value / length) as Condition;
}

/**
 * The point of the great circle from one to the other (slerp); at the ends they are themselves, bit for bit.
 * @param at 0..1
 * @throws {UserError} `recipe` for opposite ends, between which every way is as short as any other
 */
export function greatCircle(from: Condition, to: Condition, at: number): Condition {
  if (at === 0) return from;
  if (at === 1) return to;
  const apart = Math.hypot(...from.map((value, i) => value - to[i]));
  const together = Math.hypot(...from.map((value, i) => value + to[i]));
  if (!(together > OPPOSITE)) {
    throw new UserError(
      'recipe',
      'The two ends of this prompt are opposite, so that no way leads between them: change one of them.',
    );
  }
  // Exact for small angles too, where the cosine says nothing.
  const angle = 2 * Math.atan2(apart, together);
  const share = (part: number) => (angle < SHORT ? part : Math.sin(part * angle) / Math.sin(angle));
  return weightedSum([
    { vector: from, weight: share(1 - at) },
    { vector: to, weight: share(at) },
  ]);
}
