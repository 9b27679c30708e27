// The noise of the golden trajectories: one stream, drawn class by class, in place of the seeded hash.
import type { Noise } from '../../src/diffusion/random.ts';
import { mulberry32 } from './mulberry32.ts';

/**
 * Noise for `candidates` rows from one stream: each sampling call takes candidates * (K + 1) * positions draws, laid out
 * [candidates, classes, positions]. A call is told by its timestep, so no two calls in a row may share one.
 */
export function streamNoise(
  draw: () => number,
  candidates: number,
  classes: number,
  positions: number,
): Noise[] {
  let current: number | undefined;
  const block = new Float64Array(candidates * classes * positions);
  return Array.from({ length: candidates }, (_, candidate) => (timestep, position, klass) => {
    if (timestep !== current) {
      for (let i = 0; i < block.length; i++) block[i] = draw();
      current = timestep;
    }
    return block[(candidate * classes + klass) * positions + position];
  });
}

/** The same from a seed. */
export function goldenNoise(seed: number, candidates: number, classes: number, positions: number): Noise[] {
  return streamNoise(mulberry32(seed), candidates, classes, positions);
}
