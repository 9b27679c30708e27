// What a run is made of, stage by stage. Runs in a page of Chromium, on the engine's own parts.
import { createSchedule } from '../../diffusion/schedule.ts';
import { planJumps } from '../../diffusion/timesteps.ts';
import type { StartChain } from '../../engine/chain.ts';
import { openEngine } from '../../engine/engine.ts';
import { createSampler } from '../../engine/gpu/sampler.ts';
import { packAt, readPackFile } from '../../engine/packReader.ts';
import { openRuntime } from '../../engine/runtime.ts';
import { openGraph, type Runtime } from '../../engine/session.ts';
import { chosenFile } from '../../pack/packFiles.ts';
import type { Condition, DeviceChoice, ImageTokens, Pixels, Provider, WeightType } from '../../types.ts';
import { median } from './figures.ts';
import { createGpuClock } from './gpuClock.ts';
import { guidance, measureInArrays, measureOnGpu, seedsOf, truncation } from './loopStages.ts';

export interface StageTime {
  readonly stage: string;
  /** At once; null for what is done once a picture, or once at all. */
  readonly candidates: number | null;
  /** Milliseconds of the first time. */
  readonly cold: number;
  /** Milliseconds, median of the other times; null for what happens once. */
  readonly warm: number | null;
  /** The same on the GPU's own clock, where it has one. */
  readonly gpu: number | null;
}

/** Milliseconds of a step. */
export interface StepTime {
  readonly candidates: number;
  /** As the page runs it. */
  readonly step: number;
  /** With the logits read back and sampled in TypeScript. */
  readonly reference: number;
}

export interface StageReport {
  readonly provider: Provider;
  readonly weightType: WeightType;
  readonly choices: readonly DeviceChoice[];
  readonly stages: readonly StageTime[];
  readonly steps: readonly StepTime[];
}

export interface StageOptions {
  readonly packUrl: string;
  readonly provider: Provider;
  readonly rounds: number;
}

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
  const opening = { stage: 'opening the model', candidates: null, warm: null, gpu: null };
  const stages: StageTime[] = [{ ...opening, cold: performance.now() - begun }];
  const { manifest } = engine;
  const device = provider === 'webgpu' ? await runtime!.ort.env.webgpu.device : null;
  const clock = device && createGpuClock(device);
  const batches = [1, 2, 4, 8].filter((candidates) => candidates <= engine.device.batch);

  const measureWith = (candidates: number | null) => async (stage: string, work: () => unknown) => {
    const times: number[] = [];
    const onGpu: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const start = performance.now();
      const busy = await clock?.time(work);
      if (busy === undefined) await work();
      else onGpu.push(busy);
      await device?.queue.onSubmittedWorkDone();
      times.push(performance.now() - start);
    }
    const warm = (all: readonly number[]) => median(all.slice(1));
    stages.push({ stage, candidates, cold: times[0], warm: warm(times), gpu: clock && warm(onGpu) });
  };

  const measure = measureWith(null);
  let condition = new Float32Array(0) as Condition;
  const { ids } = engine.tokenize('a smiling woman');
  await measure('text encoder', async () => {
    condition = await engine.encodeText(ids);
  });

  const graphOf = async (name: 'conditioner' | 'denoiser') => {
    const { file } = chosenFile(manifest.graphs[name]);
    return openGraph(runtime!, name, await readPackFile(fetchFile, file, () => {}));
  };
  const graphs = { conditioner: await graphOf('conditioner'), denoiser: await graphOf('denoiser') };
  const schedule = createSchedule(manifest.timesteps, manifest.codebookSize, manifest.schedule);
  const jump = planJumps('exact', manifest.timesteps, 2)[0];
  const parts = { manifest, graphs, schedule, jump };
  const sampler = device && (await createSampler(device, manifest.codebookSize));
  for (const candidates of batches) {
    if (device && sampler) await measureOnGpu(measureWith(candidates), parts, device, sampler, candidates);
    else await measureInArrays(measureWith(candidates), parts, condition, candidates);
  }
  for (const graph of Object.values(graphs)) await graph.dispose();

  let picture = new Float32Array(0) as Pixels;
  const positions = manifest.grid.rows * manifest.grid.columns;
  await measure('decoder, one picture', async () => {
    picture = await engine.decode(new Int32Array(positions) as ImageTokens);
  });
  await measure('CLIP image encoder, one picture', () => engine.encodeImage(picture));

  const stepTime = async (startChain: StartChain, candidates: number): Promise<number> => {
    const jumps = planJumps('exact', manifest.timesteps, rounds + 2);
    const seeds = seedsOf(candidates);
    const conditions = seeds.map(() => condition);
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
  const steps: StepTime[] = [];
  for (const candidates of batches) {
    const step = await stepTime(engine.startChain, candidates);
    steps.push({ candidates, step, reference: await stepTime(engine.startReference, candidates) });
  }
  clock?.dispose();
  await engine.dispose();
  const { choices, weightType } = engine.device;
  return { provider, weightType, choices, stages, steps };
}
