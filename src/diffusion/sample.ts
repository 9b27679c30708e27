import { type Distribution, placeOfLikeliest } from './distribution.ts';
import { exponential, LEAST_EXPONENTIAL, type Noise } from './random.ts';

/** Leaves room for rounding. */
const BELOW_ONE = 1 - 1e-12;

/**
 * Draws a class by the Gumbel-max trick, argmax of log p + Gumbel noise, in its linear form: as Gumbel noise is minus
 * the log of an exponential variate e, that is the largest p / e, the first class on ties. Classes that no noise can
 * make win are passed over; that changes nothing but the time.
 * @param distribution one class at least has a probability of its own
 */
export function sampleClass(
  distribution: Distribution,
  noise: Noise,
  timestep: number,
  position: number,
): number {
  const { classes, probabilities, count, others } = distribution;
  const likeliest = placeOfLikeliest(distribution);
  let best = classes[likeliest];
  let bestValue = probabilities[likeliest] / exponential(noise(timestep, position, best));
  let least = bestValue * LEAST_EXPONENTIAL;
  for (let i = 0; i < count; i++) {
    const probability = probabilities[i];
    if (probability < least || i === likeliest) continue;
    const uniform = noise(timestep, position, classes[i]);
    // e is -ln(u), which is at least 1 - u: with most u that is enough to know, and saves the logarithm.
    if (probability < bestValue * (1 - uniform) * BELOW_ONE) continue;
    const value = probability / exponential(uniform);
    if (value > bestValue || (value === bestValue && classes[i] < best)) {
      best = classes[i];
      bestValue = value;
      least = value * LEAST_EXPONENTIAL;
    }
  }
  if (others < least || count === classes.length) return best;
  const other = luckiestOther(distribution, noise, timestep, position);
  const value = others / exponential(noise(timestep, position, other));
  return value > bestValue || (value === bestValue && other < best) ? other : best;
}

/** The class with the largest noise of those that share their probability, the first on ties. There must be one. */
function luckiestOther(
  { classes, count }: Distribution,
  noise: Noise,
  timestep: number,
  position: number,
): number {
  let luckiest = -1;
  let largest = -1;
  let listed = 0;
  for (let k = 0; k < classes.length; k++) {
    if (listed < count && classes[listed] === k) {
      listed++;
      continue;
    }
    const uniform = noise(timestep, position, k);
    if (uniform > largest) {
      luckiest = k;
      largest = uniform;
    }
  }
  return luckiest;
}
