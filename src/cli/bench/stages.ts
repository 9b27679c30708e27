// What a run is made of, stage by stage. Runs in a page of Chromium, on the engine's own parts.
import { allMasked, denoise } from '../../diffusion/denoise.ts';
import { posteriorStep } from '../../diffusion/posterior.ts';
import { seededNoise } from '../../diffusion/random.ts';
import { createSchedule } from '../../diffusion/schedule.ts';
import { planJumps } from '../../diffusion/timesteps.ts';
import { createDenoiser } from '../../engine/denoiser.ts';
import { openEngine } from '../../engine/engine.ts';
import { allocateBatch } from '../../engine/gpu/batch.ts';
import { createReadback } from '../../engine/gpu/readback.ts';
import { createSampler } from '../../engine/gpu/sampler.ts';
import { packAt, readPackFile } from '../../engine/packReader.ts';
import { openRuntime } from '../../engine/runtime.ts';
import { openGraph, type Runtime } from '../../engine/session.ts';
import { chosenFile } from '../../pack/packFiles.ts';
import type { Condition, DeviceChoice, ImageTokens, Pixels, Provider } from '../../types.ts';
import { median } from './figures.ts';

/** Milliseconds of the first time, and the median of the others. */
export interface StageTime {
  readonly stage: string;
  readonly cold: number;
  /** Null for what happens once. */
  readonly warm: number | null;
}

export interface StageReport {
  readonly provider: Provider;
  readonly candidates: number;
  readonly choices: readonly DeviceChoice[];
  readonly stages: readonly StageTime[];
  /** Milliseconds of a step: as the page runs it, and with the logits read back and sampled in TypeScript. */
  readonly step: number;
  readonly referenceStep: number;
}

export interface StageOptions {
  readonly packUrl: string;
  readonly provider: Provider;
  readonly rounds: number;
}

const guidance = 1.15;
const truncation = { kind: 'topR', r: 0.85 } as const;

export async function measureStages({ packUrl, provider, rounds }: StageOptions): Promise<StageReport> {
  const fetchFile = packAt(packUrl);
  let runtime: Runtime | null = null;
  const openOnce = async () => {
    const opened = await openRuntime(provider);
    runtime = opened;
    return opened;
  };
  const begun = performance.now();
  const engine = await openEngine({ fetchFile, provider, openRuntime: openOnce, onProgress: () => {} });
  const opened = performance.now() - begun;
  const { manifest } = engine;
  const device = provider === 'webgpu' ? await runtime!.ort.env.webgpu.device : null;
  // In software a guided candidate takes seconds.
  const emulated = device?.adapterInfo?.isFallbackAdapter === true;
  const candidates = emulated ? 1 : 4;

  const stages: StageTime[] = [];
  const measure = async (stage: string, work: () => unknown) => {
    const times: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const start = performance.now();
      await work();
      await device?.queue.onSubmittedWorkDone();
      times.push(performance.now() - start);
    }
    stages.push({ stage, cold: times[0], warm: median(times.slice(1)) });
  };

  const schedule = createSchedule(manifest.timesteps, manifest.codebookSize, manifest.schedule);
  const positions = manifest.grid.rows * manifest.grid.columns;
  const seeds = Array.from({ length: candidates }, (_, i) => i);
  const { ids } = engine.tokenize('a smiling woman');
  let condition = new Float32Array(0) as Condition;
  await measure('text encoder', async () => {
    condition = await engine.encodeText(ids);
  });
  const conditions = seeds.map(() => condition);

  const graphOf = async (name: 'conditioner' | 'denoiser') => {
    const { file } = chosenFile(manifest.graphs[name]);
    return openGraph(runtime!, name, await readPackFile(fetchFile, file, () => {}));
  };
  const graphs = { conditioner: await graphOf('conditioner'), denoiser: await graphOf('denoiser') };
  const jump = planJumps('exact', manifest.timesteps, 2)[0];
  const start = allMasked(schedule, candidates, positions);
  if (device) {
    const batch = await allocateBatch(device, graphs, candidates, guidance);
    const rows = batch.tokens.dims[0];
    const size = manifest.conditionSize;
    await measure('conditioner', () =>
      graphs.conditioner.runInto(batch.modulation, {
        condition: { type: 'float32', data: new Float32Array(rows * size), dims: [rows, size] },
      }),
    );
    const { tokens, timestep, modulation, logits, guess } = batch;
    await measure('denoiser', () => graphs.denoiser.runInto(logits, { tokens, timestep, modulation }));
    const sampler = await createSampler(device, manifest.codebookSize);
    const bound = sampler.bind({ tokens, guess, logits, seeds });
    const settings = { codebookSize: manifest.codebookSize, timestep: jump.timestep, guidance, truncation };
    const step = posteriorStep(schedule, jump.from, jump.to);
    const submit = (encode: (encoder: GPUCommandEncoder) => void) => {
      const encoder = device.createCommandEncoder();
      encode(encoder);
      device.queue.submit([encoder.finish()]);
    };
    await measure('sampler', () => submit((encoder) => bound.step(encoder, { ...settings, step })));
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
  } else {
    const { condition: prepare } = createDenoiser(graphs.conditioner, graphs.denoiser, manifest);
    await measure('conditioner', () => prepare(conditions, guidance));
    const predict = await prepare(conditions, guidance);
    await measure('denoiser', () => predict(start, jump.timestep));
    const logits = await predict(start, jump.timestep);
    await measure('sampler', async () => {
      const noise = seeds.map(seededNoise);
      const options = { schedule, jumps: [jump], guidance, truncation, noise, start };
      for await (const _ of denoise({ ...options, predict: async () => logits }));
    });
  }
  for (const graph of Object.values(graphs)) await graph.dispose();

  let picture = new Float32Array(0) as Pixels;
  await measure('decoder, one picture', async () => {
    picture = await engine.decode(new Int32Array(positions) as ImageTokens);
  });
  await measure('CLIP image encoder, one picture', () => engine.encodeImage(picture));

  const stepTime = async (startChain: typeof engine.startChain): Promise<number> => {
    const jumps = planJumps('exact', manifest.timesteps, rounds + 2);
    const chain = await startChain({ schedule, jumps, guidance, truncation, conditions, seeds });
    const times: number[] = [];
    let before = performance.now();
    for await (const _ of chain.steps()) {
      times.push(performance.now() - before);
      before = performance.now();
    }
    chain.dispose();
    // The first takes the second one's submission along, and the last had begun before.
    return median(times.slice(1, -1));
  };
  const step = await stepTime(engine.startChain);
  const referenceStep = await stepTime(engine.startReference);
  await engine.dispose();
  stages.unshift({ stage: 'opening the model', cold: opened, warm: null });
  return { provider, candidates, choices: engine.device.choices, stages, step, referenceStep };
}
