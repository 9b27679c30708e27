// How tokens decay: keep, replace by a random code, or mask. VQ-Diffusion (arXiv 2111.14822), eq. 7 and 8.

/** Cumulative probabilities at the ends of the chain; between them they are linear in t (the authors' `alpha1`). */
export interface ScheduleEnds {
  readonly alphaBar: readonly [first: number, last: number];
  readonly gammaBar: readonly [first: number, last: number];
}

/** float64, and never rebuilt from float32 logs: 1 - alpha - gamma is about 1e-8 and would cancel to nonsense. */
export interface Schedule {
  /** T. */
  readonly timesteps: number;
  /** K, without MASK. */
  readonly codebookSize: number;
  /** Probability that a token is still itself at t. [T] */
  readonly alphaBar: Float64Array;
  /** Probability that a token is MASK at t. [T] */
  readonly gammaBar: Float64Array;
}

/** From x_s to x_t: stay with alpha, become any given code with beta, become MASK with gamma. */
export interface Transition {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
}

/** Before the first timestep: x_0 itself. */
export const START = -1;

export function createSchedule(timesteps: number, codebookSize: number, ends: ScheduleEnds): Schedule {
  return {
    timesteps,
    codebookSize,
    alphaBar: linear(timesteps, ends.alphaBar),
    gammaBar: linear(timesteps, ends.gammaBar),
  };
}

function linear(count: number, [first, last]: readonly [number, number]): Float64Array {
  return Float64Array.from({ length: count }, (_, i) =>
    count === 1 ? first : (i / (count - 1)) * (last - first) + first,
  );
}

/** From x_0 to x_t: q(x_t | x_0), eq. 8. At t = START nothing has happened yet. */
export function cumulative(schedule: Schedule, t: number): Transition {
  if (t === START) return { alpha: 1, beta: 0, gamma: 0 };
  const alpha = schedule.alphaBar[t];
  const gamma = schedule.gammaBar[t];
  return { alpha, beta: (1 - alpha - gamma) / schedule.codebookSize, gamma };
}

/**
 * From x_s to x_t, s < t, in one jump: the product of the steps between. At s = t - 1 it is the step itself, eq. 7.
 * @throws {RangeError} unless START <= s < t < T
 */
export function transition(schedule: Schedule, t: number, s: number): Transition {
  if (!(s >= START && s < t && t < schedule.timesteps)) {
    throw new RangeError(`schedule: no transition from ${s} to ${t} in ${schedule.timesteps} timesteps`);
  }
  const from = cumulative(schedule, s);
  const to = cumulative(schedule, t);
  const alpha = to.alpha / from.alpha;
  const notMasked = (1 - to.gamma) / (1 - from.gamma);
  return { alpha, beta: (notMasked - alpha) / schedule.codebookSize, gamma: 1 - notMasked };
}
