// The denoiser in WASM against native ONNX Runtime, and the sampler's share of a step.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as native from 'onnxruntime-node';
import { allMasked, denoise } from '../../diffusion/denoise.ts';
import { seededNoise } from '../../diffusion/random.ts';
import { createSchedule } from '../../diffusion/schedule.ts';
import { planJumps } from '../../diffusion/timesteps.ts';
import { type Engine, openEngine } from '../../engine/engine.ts';
import { type ArrayTensor, openGraph } from '../../engine/session.ts';
import { chosenFile } from '../../pack/packFiles.ts';
import { openNodeRuntime, packIn } from '../nodeRuntime.ts';
import { atMost, type Figure, median, plain } from './figures.ts';

const THREADS = 2;
const ROUNDS = 15;

export async function measureRuntimes(pack: string): Promise<Figure[]> {
  const engine = await openEngine({
    fetchFile: packIn(pack),
    provider: 'wasm',
    openRuntime: () => openNodeRuntime(THREADS),
    onProgress: () => {},
  });
  return [
    ...(await compareDenoiser(engine, pack, 2)),
    ...(await compareDenoiser(engine, pack, 8)),
    await samplerShare(engine),
  ];
}

/** Turn and turn about in one process, so that both meet the same load. */
async function compareDenoiser({ manifest }: Engine, pack: string, batch: number): Promise<Figure[]> {
  const path = join(pack, chosenFile(manifest.graphs.denoiser).file.file);
  const positions = manifest.grid.rows * manifest.grid.columns;
  const session = await native.InferenceSession.create(path, { intraOpNumThreads: THREADS });
  const modulation = session.inputMetadata.find(({ name }) => name === 'modulation');
  const width = modulation?.isTensor ? Number(modulation.shape.at(-1)) : 0;
  const inputs: Record<string, ArrayTensor> = {
    tokens: { type: 'int32', data: new Int32Array(batch * positions), dims: [batch, positions] },
    timestep: { type: 'int32', data: new Int32Array(batch), dims: [batch] },
    modulation: {
      type: 'float32',
      data: new Float32Array(batch * manifest.layers * width).fill(0.1),
      dims: [batch, manifest.layers, width],
    },
  };
  const wasm = await openGraph(await openNodeRuntime(THREADS), 'denoiser', readFileSync(path));
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([name, { type, data, dims }]) => [name, new native.Tensor(type, data, dims)]),
  );
  const times = { wasm: [] as number[], native: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    times.wasm.push(await time(() => wasm.run(inputs)));
    times.native.push(await time(() => session.run(feeds)));
  }
  const ratio = median(times.wasm) / median(times.native);
  const label = `denoiser, batch ${batch}, ${THREADS} threads`;
  return [
    plain(
      `${label}: WASM, native`,
      `${median(times.wasm).toFixed(1)} ms, ${median(times.native).toFixed(1)} ms`,
    ),
    atMost(`${label}: WASM / native`, ratio, 2, 'x', 2),
  ];
}

/** Time outside the network in the denoising loop, at 4 guided candidates. */
async function samplerShare({ manifest, denoiser, encodeText, tokenize }: Engine): Promise<Figure> {
  const candidates = 4;
  const schedule = createSchedule(manifest.timesteps, manifest.codebookSize, manifest.schedule);
  const condition = await encodeText(tokenize('a smiling woman').ids);
  const predict = await denoiser.condition(
    Array(candidates).fill(condition),
    Array(candidates).fill(null),
    1.15,
  );
  let inNetwork = 0;
  const whole = await time(async () => {
    const steps = denoise({
      schedule,
      jumps: planJumps('exact', manifest.timesteps, Math.min(25, manifest.timesteps)),
      guidance: 1.15,
      truncation: { kind: 'topR', r: 0.85 },
      noise: Array.from({ length: candidates }, (_, i) => seededNoise(i)),
      start: allMasked(schedule, candidates, manifest.grid.rows * manifest.grid.columns),
      predict: async (tokens, timestep) => {
        const begun = performance.now();
        const logits = await predict(tokens, timestep);
        inNetwork += performance.now() - begun;
        return logits;
      },
    });
    for await (const _ of steps);
  });
  return atMost(
    'sampler, share of a step (4 candidates, guided)',
    (100 * (whole - inNetwork)) / whole,
    10,
    '%',
  );
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
