// The reverse chain: from all MASK, or from given tokens, to a picture's tokens. Everything outside (the network, chance) is passed in.
import type { ImageTokens, Logits, Truncation } from '../types.ts';
import { createDistribution, placeOfLikeliest } from './distribution.ts';
import { guide, needsGuidance } from './guidance.ts';
import { posterior, posteriorStep } from './posterior.ts';
import type { Noise } from './random.ts';
import { halves, hideHalves, isLook, judge, type Look, type Move, maskLeastLikely } from './redraw.ts';
import { sampleClass } from './sample.ts';
import type { Schedule } from './schedule.ts';
import { createStart } from './start.ts';
import type { Jump } from './timesteps.ts';

export interface DenoiseOptions {
  readonly schedule: Schedule;
  readonly jumps: readonly Move[];
  readonly guidance: number;
  readonly truncation: Truncation;
  /** One for each candidate. */
  readonly noise: readonly Noise[];
  /** x at the first jump; all MASK for a new picture. [candidates, positions] */
  readonly start: ImageTokens;
  /**
   * 1 where tokens are drawn; where it is 0 they stay as they start, through every step. All are drawn where it is left
   * out. [candidates, positions]
   */
  readonly free?: Uint8Array;
  /**
   * The denoiser: logits of p(x_0) for all candidates under the prompt and, when guidance needs it, for all of them
   * again under the null condition. [candidates or 2 * candidates, positions, K]
   */
  readonly predict: (tokens: ImageTokens, timestep: number) => Promise<Logits>;
  /** Needed for looks. */
  readonly looking?: Looking;
}

export interface Looking {
  /** The denoiser for all candidates twice, both under the prompt. [2 * candidates, positions, K] */
  readonly predict: (tokens: ImageTokens, timestep: number) => Promise<Logits>;
}

export interface DenoiseStep {
  /** Steps done, from 1. */
  readonly step: number;
  readonly timestep: number;
  /** x after the jump, until the next step is asked for: copy what is to be kept. [candidates, positions] */
  readonly tokens: ImageTokens;
  /** The same, with the likeliest code wherever x is still MASK: what the picture looks like so far. */
  readonly guess: ImageTokens;
}

/** All positions masked. [candidates, positions] */
export function allMasked(schedule: Schedule, candidates: number, positions: number): ImageTokens {
  return new Int32Array(candidates * positions).fill(schedule.codebookSize) as ImageTokens;
}

/** Yields after every step; to cancel, stop asking for the next. */
export async function* denoise(options: DenoiseOptions): AsyncGenerator<DenoiseStep, void> {
  const { schedule, guidance, truncation, noise, predict, looking } = options;
  const mask = schedule.codebookSize;
  const guided = needsGuidance(guidance);
  const startOf = createStart(mask);
  const logs = new Float64Array(mask);
  const start = createDistribution(mask);
  const next = createDistribution(mask + 1);
  const tokens = options.start.slice() as ImageTokens;
  const guess = options.start.slice() as ImageTokens;
  const free = options.free ?? new Uint8Array(tokens.length).fill(1);
  const positions = tokens.length / noise.length;

  async function take({ timestep, from, to, chance = timestep }: Jump): Promise<void> {
    const logits = await predict(tokens, timestep);
    const step = posteriorStep(schedule, from, to);
    for (let row = 0; row < tokens.length; row++) {
      if (free[row] === 0) continue;
      const unconditional = guided ? tokens.length + row : row;
      const max = guide(logits, row * mask, unconditional * mask, guidance, logs);
      startOf(logs, max, truncation, start);
      posterior(step, start, tokens[row], next);
      const candidate = Math.floor(row / positions);
      tokens[row] = sampleClass(next, noise[candidate], chance, row % positions);
      guess[row] = tokens[row] === mask ? start.classes[placeOfLikeliest(start)] : tokens[row];
    }
  }

  /** Masks what is least likely; the guess goes on showing it. */
  async function doubt({ timestep, share, round }: Look): Promise<void> {
    if (!looking) throw new TypeError('denoise: a look, and nothing to look with');
    const half = halves(positions, round);
    const logits = await looking.predict(hideHalves(tokens, half, mask), timestep);
    const likelihood = judge(logits, tokens, half, mask);
    for (let row = 0; row < tokens.length; row += positions) {
      const end = row + positions;
      const own = tokens.subarray(row, end);
      maskLeastLikely(likelihood.subarray(row, end), free.subarray(row, end), share, own, mask);
    }
  }

  for (const [i, move] of options.jumps.entries()) {
    await (isLook(move) ? doubt(move) : take(move));
    yield { step: i + 1, timestep: move.timestep, tokens, guess };
  }
}
