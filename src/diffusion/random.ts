// Seeded randomness without state: every draw is a hash of where it is used, so that it does not matter in which
// order, or how often, positions and classes are visited. Integer arithmetic only, the same in WGSL.

/** A uniform number in [0, 1), on the grid of 2^-24, for one class of one position at one timestep. */
export type Noise = (timestep: number, position: number, klass: number) => number;

/**
 * Noise of one candidate from its seed (u32): PCG4D of Jarzynski and Olano, "Hash Functions for GPU Rendering" (2020),
 * keyed by (seed, timestep, position, class).
 */
export function seededNoise(seed: number): Noise {
  return (timestep, position, klass) => {
    let x = (Math.imul(seed, 1664525) + 1013904223) | 0;
    let y = (Math.imul(timestep, 1664525) + 1013904223) | 0;
    let z = (Math.imul(position, 1664525) + 1013904223) | 0;
    let w = (Math.imul(klass, 1664525) + 1013904223) | 0;
    x = (x + Math.imul(y, w)) | 0;
    y = (y + Math.imul(z, x)) | 0;
    z = (z + Math.imul(x, y)) | 0;
    w = (w + Math.imul(y, z)) | 0;
    x ^= x >>> 16;
    y ^= y >>> 16;
    z ^= z >>> 16;
    w ^= w >>> 16;
    x = (x + Math.imul(y, w)) | 0;
    return (x >>> 8) * 2 ** -24;
  };
}

/** A standard exponential variate from a uniform number, with the authors' guards against log 0. */
export function exponential(uniform: number): number {
  return -Math.log(uniform + 1e-30) + 1e-30;
}

/** The smallest value that `exponential` takes on the grid of 2^-24. */
export const LEAST_EXPONENTIAL = exponential(1 - 2 ** -24);
