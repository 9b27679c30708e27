import type { ImageTokens } from '../types.ts';
import { createDistribution, setProbability } from './distribution.ts';
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
  const noised = createDistribution(mask + 1);
  noised.others = beta;
  return tokens.map((token, i) => {
    noised.count = 0;
    setProbability(noised, token, alpha + beta);
    setProbability(noised, mask, gamma);
    return sampleClass(noised, noise[Math.floor(i / positions)], t, i % positions);
  }) as ImageTokens;
}
