import { type Distribution, probabilityOf } from '../../src/diffusion/distribution.ts';

/** The probability of every class. */
export function dense(distribution: Distribution): Float64Array {
  return Float64Array.from(distribution.classes, (_, klass) => probabilityOf(distribution, klass));
}
