// Candidates on their way from all MASK, or from given tokens, to pictures. Where their numbers live is each kind's own affair: in arrays, with
// the sampler in TypeScript (here), or on the GPU, with the sampler in WGSL (gpu/gpuChain.ts).
import { denoise } from '../diffusion/denoise.ts';
import { seededNoise } from '../diffusion/random.ts';
import { isLook, type Move } from '../diffusion/redraw.ts';
import type { Schedule } from '../diffusion/schedule.ts';
import type { Frame } from '../events.ts';
import type { Condition, ImageTokens, Pixels, Truncation } from '../types.ts';
import type { Size } from './clipImage.ts';
import type { Denoiser } from './denoiser.ts';
import { toRgba } from './rgba.ts';
import { type GivenTokens, startsOf } from './starts.ts';

export interface ChainOptions {
  readonly schedule: Schedule;
  readonly jumps: readonly Move[];
  readonly guidance: number;
  readonly truncation: Truncation;
  /** One for each candidate. */
  readonly conditions: readonly Condition[];
  /** What guidance leads each away from; null for the null condition. */
  readonly avoided: readonly (Condition | null)[];
  /** One for each candidate. u32 */
  readonly seeds: readonly number[];
  /** Where each begins; null for all masked, as are all where it is left out. */
  readonly starts?: readonly (GivenTokens | null)[];
}

export interface ChainStep {
  /** Steps done, from 1. */
  readonly step: number;
  readonly timestep: number;
  /** x after the step, the caller's to keep. [candidates, positions] */
  readonly tokens: ImageTokens;
}

export interface Chain {
  /** Goes the whole way, once; to cancel, stop asking for the next step. */
  steps(): AsyncGenerator<ChainStep, void>;
  /** The picture of a candidate, with the likeliest code wherever it is still masked. [3, height, width] */
  picture(candidate: number): Promise<Pixels>;
  /** The same to look at. On the GPU it may be a step ahead of the tokens, and not be drawn yet. */
  preview(candidate: number): Promise<Frame>;
  /** Resolves when the device is through with all that it was given so far, with that moment in milliseconds. */
  idle(): Promise<number>;
  dispose(): void;
}

/** Makes the chains of one engine. */
export type StartChain = (options: ChainOptions) => Promise<Chain>;

/** The chain in arrays: logits come to the CPU, whatever the denoiser runs on. */
export function arrayChains(
  denoiser: Denoiser,
  decode: (tokens: ImageTokens) => Promise<Pixels>,
  positions: number,
  size: Size,
): StartChain {
  return async ({ schedule, jumps, guidance, truncation, conditions, avoided, seeds, starts }) => {
    const predict = await denoiser.condition(conditions, avoided, guidance);
    const twice = [...conditions, ...conditions];
    const looking = jumps.some(isLook) && {
      predict: await denoiser.condition(
        twice,
        twice.map(() => null),
        1,
      ),
    };
    const noise = seeds.map(seededNoise);
    const { start, free } = startsOf(starts ?? seeds.map(() => null), positions, schedule.codebookSize);
    let guess = start;
    const picture = (candidate: number) =>
      decode(guess.slice(candidate * positions, (candidate + 1) * positions) as ImageTokens);
    return {
      async *steps() {
        const options = {
          schedule,
          jumps,
          guidance,
          truncation,
          noise,
          start,
          free,
          predict,
          ...(looking && { looking }),
        };
        for await (const done of denoise(options)) {
          guess = done.guess;
          yield { step: done.step, timestep: done.timestep, tokens: done.tokens.slice() as ImageTokens };
        }
      },
      picture,
      preview: async (candidate) => toRgba(await picture(candidate), size),
      // Nothing is under way once it was awaited.
      idle: async () => performance.now(),
      dispose() {},
    };
  };
}
