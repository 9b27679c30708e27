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
  const logProbabilities = new Float64Array(mask + 1);
  const logOther = Math.log(beta);
  const logSame = Math.log(alpha + beta);
  return tokens.map((token, i) => {
    logProbabilities.fill(logOther);
    logProbabilities[token] = logSame;
    logProbabilities[mask] = Math.log(gamma);
    return sampleClass(logProbabilities, noise[Math.floor(i / positions)], t, i % positions);
  }) as ImageTokens;
}
