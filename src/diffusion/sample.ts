import { GUMBEL_MAX, gumbel, type Noise } from './random.ts';

/**
 * Draws a class by the Gumbel-max trick: argmax of log p + Gumbel noise, the first on ties.
 * Classes too far behind to win with any noise are passed over; that changes nothing but the time.
 * @param logProbabilities need not be normalised. [classes]
 */
export function sampleClass(
  logProbabilities: Float64Array,
  noise: Noise,
  timestep: number,
  position: number,
): number {
  const likeliest = argmax(logProbabilities);
  let best = likeliest;
  let bestValue = logProbabilities[best] + gumbel(noise(timestep, position, best));
  for (let k = 0; k < logProbabilities.length; k++) {
    if (k === likeliest || logProbabilities[k] + GUMBEL_MAX < bestValue) continue;
    const value = logProbabilities[k] + gumbel(noise(timestep, position, k));
    if (value > bestValue || (value === bestValue && k < best)) {
      best = k;
      bestValue = value;
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
