import { exponential, LEAST_EXPONENTIAL, type Noise } from './random.ts';

/** Leaves room for rounding. */
const BELOW_ONE = 1 - 1e-12;

/**
 * Draws a class by the Gumbel-max trick, argmax of log p + Gumbel noise, in its linear form: as Gumbel noise is minus
 * the log of an exponential variate e, that is the largest p / e. Classes that no noise can make win are passed over;
 * that changes nothing but the time.
 * @param probabilities need not be normalised. [classes]
 */
export function sampleClass(
  probabilities: Float64Array,
  noise: Noise,
  timestep: number,
  position: number,
): number {
  const likeliest = argmax(probabilities);
  let best = likeliest;
  let bestValue = probabilities[best] / exponential(noise(timestep, position, best));
  let least = bestValue * LEAST_EXPONENTIAL;
  for (let k = 0; k < probabilities.length; k++) {
    if (probabilities[k] < least || k === likeliest) continue;
    const uniform = noise(timestep, position, k);
    // e is -ln(u), which is at least 1 - u: with most u that is enough to know, and saves the logarithm.
    if (probabilities[k] < bestValue * (1 - uniform) * BELOW_ONE) continue;
    const value = probabilities[k] / exponential(uniform);
    // The first class on ties.
    if (value > bestValue || (value === bestValue && k < best)) {
      best = k;
      bestValue = value;
      least = value * LEAST_EXPONENTIAL;
    }
  }
  return best;
}

/** Index of the largest value, the first on ties. */
export function argmax(values: Float64Array): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k] > values[best]) best = k;
  return best;
}
