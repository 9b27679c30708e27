import type { ImageTokens } from '../types.ts';
import type { Noise } from './random.ts';
import { sampleClass } from './sample.ts';
import { cumulative, type Schedule } from './schedule.ts';

/**
 * Noises tokens forward to timestep t: a sample of q(x_t | x_0), from which the reverse chain can start over.
 * @param tokens x_0. [candidates, positions]
 * @param noise one for each candidate
 */
export function noiseTokens(
  schedule: Schedule,
  tokens: ImageTokens,
  t: number,
  noise: readonly Noise[],
): ImageTokens {
  const { alpha, beta, gamma } = cumulative(schedule, t);
  const mask = schedule.codebookSize;
  const positions = tokens.length / noise.length;
  const probabilities = new Float64Array(mask + 1);
  return tokens.map((token, i) => {
    probabilities.fill(beta);
    probabilities[token] = alpha + beta;
    probabilities[mask] = gamma;
    return sampleClass(probabilities, noise[Math.floor(i / positions)], t, i % positions);
  }) as ImageTokens;
}
