// The TypeScript sampler at the sizes of real models: against the denoiser there, and against the dense formulation.

import { denoiser } from '../../convert/graphs/denoiser.ts';
import { type DiffusionShape, diffusionTensors } from '../../convert/models/diffusion.ts';
import { writeModel } from '../../convert/onnx.ts';
import { filled } from '../../convert/weights.ts';
import { allMasked, denoise } from '../../diffusion/denoise.ts';
import { seededNoise } from '../../diffusion/random.ts';
import { createSchedule } from '../../diffusion/schedule.ts';
import { planJumps } from '../../diffusion/timesteps.ts';
import { openGraph } from '../../engine/session.ts';
import type { Logits } from '../../types.ts';
import { openNodeRuntime } from '../nodeRuntime.ts';
import { denseStep } from './dense.ts';
import { atMost, type Figure, median, plain } from './figures.ts';

const CANDIDATES = 4;
const POSITIONS = 256;
const STEPS = 25;
const guidance = 1.15;
const r = 0.85;

/** Denoisers of 16 x 16 tokens: as wide as the built-in one, and one of 24 equal layers of the authors' FFHQ model. */
const networks = [
  { codebookSize: 512, width: 128, hiddenSize: 256, layers: 6, repeat: 1, heads: 4 },
  { codebookSize: 4096, width: 512, hiddenSize: 2048, layers: 1, repeat: 24, heads: 16 },
] as const;

export async function measureSamplers(threads: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { codebookSize, repeat, heads, ...sizes } of networks) {
    const shape = {
      ...sizes,
      codebookSize,
      rows: 16,
      columns: 16,
      timesteps: 100,
      conditionSize: sizes.width,
      mlp: 'conv',
    } as const;
    const network = repeat * (await denoiserTime(shape, heads, threads));
    const logits = randomLogits(2 * CANDIDATES * POSITIONS * codebookSize);
    const ours = await samplerTime(codebookSize, logits);
    const dense = denseTime(codebookSize, logits);
    const label = `sampler, K = ${codebookSize}, L = ${POSITIONS}, ${CANDIDATES} guided candidates`;
    figures.push(
      plain(
        `${label}: a step, denoiser`,
        `${ours.toFixed(0)} ms, ${network.toFixed(0)} ms${repeat > 1 ? ` (one layer, times ${repeat})` : ''}`,
      ),
      atMost(`${label}: share of the denoiser’s time`, (100 * ours) / network, 10, '%'),
      plain(`${label}: dense formulation takes`, `${(dense / ours).toFixed(0)} times as long`),
    );
  }
  return figures;
}

/** One guided batch; all weights are equal, which a dense product does not notice. */
async function denoiserTime(shape: DiffusionShape, heads: number, threads: number): Promise<number> {
  const { shapes } = diffusionTensors(shape);
  const file = writeModel(denoiser((key) => filled(shapes.get(key)!, 0.01), shape, heads, 'fp32'));
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.chunks()) chunks.push(chunk.slice());
  const graph = await openGraph(await openNodeRuntime(threads), 'denoiser', Buffer.concat(chunks));
  const batch = 2 * CANDIDATES;
  const inputs = {
    tokens: { type: 'int32', data: new Int32Array(batch * POSITIONS), dims: [batch, POSITIONS] },
    timestep: { type: 'int32', data: new Int32Array(batch), dims: [batch] },
    modulation: {
      type: 'float32',
      data: new Float32Array(batch * shape.layers * 2 * shape.width),
      dims: [batch, shape.layers, 2 * shape.width],
    },
  } as const;
  await graph.run(inputs);
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    const begun = performance.now();
    await graph.run(inputs);
    times.push(performance.now() - begun);
  }
  await graph.dispose();
  return median(times);
}

/** The middle one of a run's steps, as the share of masked positions falls. */
async function samplerTime(codebookSize: number, logits: Logits): Promise<number> {
  const schedule = scheduleOf(codebookSize);
  const times: number[] = [];
  let begun = performance.now();
  const steps = denoise({
    schedule,
    jumps: planJumps('exact', 100, STEPS),
    guidance,
    truncation: { kind: 'topR', r },
    noise: Array.from({ length: CANDIDATES }, (_, i) => seededNoise(i)),
    start: allMasked(schedule, CANDIDATES, POSITIONS),
    predict: async () => logits,
  });
  for await (const _ of steps) {
    times.push(performance.now() - begun);
    begun = performance.now();
  }
  return median(times);
}

function denseTime(codebookSize: number, logits: Logits): number {
  const schedule = scheduleOf(codebookSize);
  const step = { schedule, t: 50, s: 40, guidance, truncation: r };
  const tokens = Int32Array.from(allMasked(schedule, CANDIDATES, POSITIONS), (mask, i) => (i % 2 ? mask : 1));
  const times = [0, 1, 2].map(() => {
    const begun = performance.now();
    denseStep(step, logits, tokens, Math.random);
    return performance.now() - begun;
  });
  return median(times);
}

function scheduleOf(codebookSize: number) {
  return createSchedule(100, codebookSize, { alphaBar: [0.99999, 0.000009], gammaBar: [0.000009, 0.99999] });
}

/** Roughly normal, with a deviation of 2, as a trained denoiser's. */
function randomLogits(count: number): Logits {
  return Float32Array.from(
    { length: count },
    () => 3.5 * (Math.random() + Math.random() + Math.random() + Math.random() - 2),
  ) as Logits;
}
