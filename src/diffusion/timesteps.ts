// Which timesteps the denoiser is asked at, and over which jump the posterior goes.
import type { Sampler } from '../types.ts';
import { START } from './schedule.ts';

/** The denoiser sees x at `timestep`; the posterior goes from `from` to `to`. */
export interface Jump {
  readonly timestep: number;
  readonly from: number;
  readonly to: number;
  /** What chance is keyed by, where it is not the timestep. */
  readonly chance?: number;
}

/**
 * The jumps of a run that begins late: those of a whole run over the timesteps 0..first, of as many steps as fall into
 * them where `steps` go over all T, at least one. At first = T-1 they are the whole run's own.
 * @param first the first timestep that the denoiser sees, 0..T-1
 * @param steps of a whole run, 1..T
 * @throws {RangeError} for values outside
 */
export function planJumpsFrom(first: number, sampler: Sampler, timesteps: number, steps: number): Jump[] {
  const left = first + 1;
  if (!Number.isInteger(first) || first < 0 || left > timesteps || !(steps <= timesteps)) {
    throw new RangeError(`timesteps: ${steps} steps of ${timesteps} from ${first} on`);
  }
  return planJumps(
    sampler,
    left,
    left === timesteps ? steps : Math.max(1, Math.round((steps * left) / timesteps)),
  );
}

/**
 * The jumps of a whole run.
 * @param steps denoiser evaluations, 1..T; `authors-fast` takes the nearest count that its strides allow.
 * @throws {RangeError} for a count outside 1..T
 */
export function planJumps(sampler: Sampler, timesteps: number, steps: number): Jump[] {
  if (!Number.isInteger(steps) || steps < 1 || steps > timesteps) {
    throw new RangeError(`timesteps: ${steps} steps of ${timesteps}`);
  }
  switch (sampler) {
    case 'exact':
      return stridedJumps(evenTimesteps(timesteps, steps));
    case 'cosine':
      return stridedJumps(cosineTimesteps(timesteps, steps));
    case 'authors-fast':
      return authorsFastJumps(timesteps, Math.round(timesteps / steps) - 1);
    default:
      return sampler satisfies never;
  }
}

/**
 * `count` timesteps from T-1 downwards, evenly spaced. As gammaBar is linear in t, each jump then unmasks as many tokens
 * as every other, in expectation: even in t and even in tokens are one spacing.
 */
function evenTimesteps(timesteps: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.round((timesteps * (count - i)) / count) - 1);
}

/**
 * `count` timesteps from T-1 downwards along a quarter of a cosine, as MaskGIT unmasks (arXiv 2202.04200, 3.3): tokens that
 * are drawn in one jump do not know of each other, which matters most while the picture is undecided.
 */
function cosineTimesteps(timesteps: number, count: number): number[] {
  const chosen: number[] = [];
  for (let i = 0; i < count; i++) {
    const wanted = Math.round(timesteps * Math.cos((Math.PI / 2) * (i / count))) - 1;
    const highest = (chosen.at(-1) ?? timesteps) - 1;
    // As cos(pi x / 2) is at least 1 - x, there is always a timestep left for each jump to come.
    chosen.push(Math.min(highest, wanted));
  }
  return chosen;
}

/** Every timestep to the next of a descending list, and from the last to START. */
export function stridedJumps(descending: readonly number[]): Jump[] {
  return descending.map((t, i) => ({ timestep: t, from: t, to: descending[i + 1] ?? START }));
}

/**
 * `sample_fast` of the released code: strides of skip + 1, but the posterior of a single step, taken at t - skip as if
 * x_t were already there. Too few tokens unmask on the way; kept to compare with.
 */
export function authorsFastJumps(timesteps: number, skip: number): Jump[] {
  const jumps: Jump[] = [];
  for (let t = timesteps - 1; t >= 0; t -= skip + 1) jumps.push(singleStep(t, t > skip ? t - skip : t));
  if (jumps.at(-1)?.timestep !== 0) jumps.push(singleStep(0, 0));
  return jumps;
}

function singleStep(timestep: number, from: number): Jump {
  return { timestep, from, to: from - 1 };
}
