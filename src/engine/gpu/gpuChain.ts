// The chain on the GPU: tokens, logits and all that the graphs pass on stay there. A step sends up a timestep and the
// sampler's constants, and brings down the tokens.
import { needsGuidance } from '../../diffusion/guidance.ts';
import { posteriorStep } from '../../diffusion/posterior.ts';
import { halves, isLook, type Look } from '../../diffusion/redraw.ts';
import { notNumbers } from '../../diffusion/start.ts';
import type { Jump } from '../../diffusion/timesteps.ts';
import type { PackManifest } from '../../pack/manifest.ts';
import type { ImageTokens, Pixels } from '../../types.ts';
import type { ChainStep, StartChain } from '../chain.ts';
import { branches } from '../denoiser.ts';
import { toRgba } from '../rgba.ts';
import type { GpuTensor, Graph } from '../session.ts';
import { startsOf } from '../starts.ts';
import { allocateBatch } from './batch.ts';
import type { BindDoubt } from './doubt.ts';
import type { Painter } from './painter.ts';
import { createReadback } from './readback.ts';
import type { Sampler } from './sampler.ts';

export interface ChainGraphs {
  readonly conditioner: Graph;
  readonly denoiser: Graph;
  readonly decoder: Graph;
}

export function gpuChains(
  device: GPUDevice,
  sampler: Sampler,
  bindDoubt: BindDoubt,
  painter: Painter | null,
  { conditioner, denoiser, decoder }: ChainGraphs,
  manifest: PackManifest,
): StartChain {
  return async ({ schedule, jumps, guidance, truncation, conditions, avoided, seeds, starts }) => {
    const { codebookSize } = schedule;
    const looks = jumps.filter(isLook);
    const batch = await allocateBatch(
      device,
      { conditioner, denoiser },
      manifest.image,
      seeds.length,
      guidance,
      looks.length > 0,
    );
    const { tokens, guess, chosen, timestep, modulation, prompted, logits, picture } = batch;
    const [rows, positions] = tokens.dims;
    const { start, free } = startsOf(starts ?? seeds.map(() => null), positions, codebookSize);
    const bound = sampler.bind({ tokens, guess, logits, seeds, free });
    const readback = createReadback(device, 4 * seeds.length * positions);

    // Both branches of guidance see the same tokens; what is kept is no guess, and the sampler passes it over.
    for (let row = 0; row < rows; row += seeds.length) {
      device.queue.writeBuffer(tokens.buffer, 4 * row * positions, start);
    }
    device.queue.writeBuffer(guess.buffer, 0, start);
    const modulate = (into: GpuTensor, data: Float32Array) =>
      conditioner.runInto(into, {
        condition: { type: 'float32', data, dims: [rows, manifest.conditionSize] },
      });
    await modulate(modulation, branches(conditions, avoided, needsGuidance(guidance), manifest));
    // By round: a run that goes on after its first look has the second alone.
    const doubts = new Map(
      await Promise.all(
        looks.map(
          async (look) =>
            [
              look.round,
              await bindDoubt(look, batch, halves(positions, look.round), free, denoiser),
            ] as const,
        ),
      ),
    );
    if (prompted !== modulation) {
      await modulate(prompted, branches([...conditions, ...conditions], [], false, manifest));
    }

    const timesteps = new Int32Array(rows);
    /** Puts a step into the device's queue, the copy of its tokens with it. */
    async function submit(jump: Jump): Promise<void> {
      device.queue.writeBuffer(timestep.buffer, 0, timesteps.fill(jump.timestep));
      await denoiser.runInto(logits, { tokens, timestep, modulation });
      const step = posteriorStep(schedule, jump.from, jump.to);
      const encoder = device.createCommandEncoder();
      const chance = jump.chance ?? jump.timestep;
      bound.step(encoder, { codebookSize, chance, guidance, truncation, step });
      readback.copy(encoder, tokens.buffer);
      device.queue.submit([encoder.finish()]);
    }

    /** The same of a look. */
    async function submitLook({ round }: Look): Promise<void> {
      await doubts.get(round)!.look();
      const encoder = device.createCommandEncoder();
      readback.copy(encoder, tokens.buffer);
      device.queue.submit([encoder.finish()]);
    }

    async function arrive(step: number, timestep: number): Promise<ChainStep> {
      const arrived = new Int32Array(await readback.arrive()) as ImageTokens;
      if (arrived.includes(-1)) throw notNumbers();
      return { step, timestep, tokens: arrived };
    }

    function choose(candidate: number): void {
      const encoder = device.createCommandEncoder();
      const bytes = 4 * positions;
      encoder.copyBufferToBuffer(guess.buffer, candidate * bytes, chosen.buffer, 0, bytes);
      device.queue.submit([encoder.finish()]);
    }

    async function pixelsOf(candidate: number): Promise<Pixels> {
      choose(candidate);
      return (await decoder.run({ tokens: chosen })) as Pixels;
    }

    return {
      async *steps() {
        // Each step is in the queue before the tokens of the one before it are here: the GPU does not wait for us.
        let arriving: Promise<ChainStep> | null = null;
        for (const [i, move] of jumps.entries()) {
          await (isLook(move) ? submitLook(move) : submit(move));
          const next = arrive(i + 1, move.timestep);
          // Whoever stops half-way never asks for it.
          next.catch(() => {});
          if (arriving) yield await arriving;
          arriving = next;
        }
        if (arriving) yield await arriving;
      },

      picture: pixelsOf,

      async preview(candidate) {
        if (!painter) return toRgba(await pixelsOf(candidate), manifest.image);
        choose(candidate);
        await decoder.runInto(picture, { tokens: chosen });
        return painter(picture);
      },

      async idle() {
        await device.queue.onSubmittedWorkDone();
        return performance.now();
      },

      dispose() {
        bound.dispose();
        for (const doubt of doubts.values()) doubt.dispose();
        readback.dispose();
        batch.dispose();
      },
    };
  };
}
