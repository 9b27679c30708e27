// The parts of a step, and what goes before the first, for one size of batch.
import { allMasked, denoise } from '../../diffusion/denoise.ts';
import { posteriorStep } from '../../diffusion/posterior.ts';
import { seededNoise } from '../../diffusion/random.ts';
import type { Schedule } from '../../diffusion/schedule.ts';
import type { Jump } from '../../diffusion/timesteps.ts';
import { createDenoiser } from '../../engine/denoiser.ts';
import { allocateBatch } from '../../engine/gpu/batch.ts';
import { createReadback } from '../../engine/gpu/readback.ts';
import type { Sampler } from '../../engine/gpu/sampler.ts';
import type { Graph } from '../../engine/session.ts';
import type { PackManifest } from '../../pack/manifest.ts';
import type { Condition } from '../../types.ts';

export const guidance = 1.15;
export const truncation = { kind: 'topR', r: 0.85 } as const;

/** Runs some work several times and keeps its times under a name. */
export type Measure = (stage: string, work: () => unknown) => Promise<void>;

export interface LoopParts {
  readonly manifest: PackManifest;
  readonly graphs: { readonly conditioner: Graph; readonly denoiser: Graph };
  readonly schedule: Schedule;
  readonly jump: Jump;
}

/** With everything in buffers of the GPU. */
export async function measureOnGpu(
  measure: Measure,
  { manifest, graphs, schedule, jump }: LoopParts,
  device: GPUDevice,
  sampler: Sampler,
  candidates: number,
): Promise<void> {
  const batch = await allocateBatch(device, graphs, manifest.image, candidates, guidance, false);
  const { tokens, timestep, modulation, logits, guess } = batch;
  const [rows, positions] = tokens.dims;
  const size = manifest.conditionSize;
  await measure('conditioner', () =>
    graphs.conditioner.runInto(modulation, {
      condition: { type: 'float32', data: new Float32Array(rows * size), dims: [rows, size] },
    }),
  );
  await measure('denoiser', () => graphs.denoiser.runInto(logits, { tokens, timestep, modulation }));

  const bound = sampler.bind({ tokens, guess, logits, seeds: seedsOf(candidates) });
  const { codebookSize } = manifest;
  const step = posteriorStep(schedule, jump.from, jump.to);
  const submit = (encode: (encoder: GPUCommandEncoder) => void) => {
    const encoder = device.createCommandEncoder();
    encode(encoder);
    device.queue.submit([encoder.finish()]);
  };
  await measure('sampler', () =>
    submit((encoder) =>
      bound.step(encoder, { codebookSize, chance: jump.timestep, guidance, truncation, step }),
    ),
  );
  const read = async (source: GPUBuffer, bytes: number) => {
    const readback = createReadback(device, bytes);
    submit((encoder) => readback.copy(encoder, source));
    await readback.arrive();
    readback.dispose();
  };
  await measure('readback of the tokens', () => read(tokens.buffer, 4 * candidates * positions));
  await measure('readback of the logits, for comparison', () => read(logits.buffer, logits.buffer.size));
  bound.dispose();
  batch.dispose();
}

/** With everything in arrays. */
export async function measureInArrays(
  measure: Measure,
  { manifest, graphs, schedule, jump }: LoopParts,
  condition: Condition,
  candidates: number,
): Promise<void> {
  const seeds = seedsOf(candidates);
  const conditions = seeds.map(() => condition);
  const avoided = seeds.map(() => null);
  const denoiser = createDenoiser(graphs.conditioner, graphs.denoiser, manifest);
  const prepare = () => denoiser.condition(conditions, avoided, guidance);
  await measure('conditioner', prepare);
  const predict = await prepare();
  const start = allMasked(schedule, candidates, manifest.grid.rows * manifest.grid.columns);
  await measure('denoiser', () => predict(start, jump.timestep));
  const logits = await predict(start, jump.timestep);
  await measure('sampler', async () => {
    const noise = seeds.map(seededNoise);
    const options = { schedule, jumps: [jump], guidance, truncation, noise, start };
    for await (const _ of denoise({ ...options, predict: async () => logits }));
  });
}

/** Those of candidates 0, 1, ... */
export function seedsOf(candidates: number): number[] {
  return Array.from({ length: candidates }, (_, i) => i);
}
