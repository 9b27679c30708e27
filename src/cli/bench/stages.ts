// What a run is made of, stage by stage, on the engine's own parts: in a page of Chromium or in Node, whatever it is given
// to run on.
import { createSchedule } from '../../diffusion/schedule.ts';
import { planJumps } from '../../diffusion/timesteps.ts';
import type { StartChain } from '../../engine/chain.ts';
import { type OpenOptions, openEngine } from '../../engine/engine.ts';
import { createSampler } from '../../engine/gpu/sampler.ts';
import { inHalfPrecision } from '../../engine/halfPrecision.ts';
import { type PackFetch, readPackFile } from '../../engine/packReader.ts';
import { openGraph, type Runtime } from '../../engine/session.ts';
import type { PackFile } from '../../pack/manifest.ts';
import { chosenFile, dataPath } from '../../pack/packFiles.ts';
import type { Condition, DeviceChoice, ImageTokens, Pixels, WeightType } from '../../types.ts';
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
  /** With the logits read back and sampled in TypeScript; null where that is how the page runs it. */
  readonly reference: number | null;
}

export interface StageReport {
  /** The pack's id. */
  readonly pack: string;
  /** Of what it ran on. */
  readonly name: string;
  readonly weightType: WeightType;
  readonly choices: readonly DeviceChoice[];
  readonly stages: readonly StageTime[];
  readonly steps: readonly StepTime[];
}

export interface StageOptions extends Pick<OpenOptions, 'provider' | 'openRuntime'> {
  readonly fetchFile: PackFetch;
  readonly name: string;
  /** Times that each stage is run after its first. */
  readonly rounds: number;
}

export async function measureStages(options: StageOptions): Promise<StageReport> {
  const { fetchFile, provider, rounds } = options;
  let runtime: Runtime | null = null;
  const openRuntime: OpenOptions['openRuntime'] = async (choice, given) => {
    const opened = await options.openRuntime(choice, given);
    runtime = opened;
    return opened;
  };
  const begun = performance.now();
  const engine = await openEngine({ fetchFile, provider, openRuntime, onProgress: () => {} });
  const opening = { stage: 'opening the model', candidates: null, warm: null, gpu: null };
  const stages: StageTime[] = [{ ...opening, cold: performance.now() - begun }];
  const { manifest } = engine;
  const onGpu = engine.device.provider === 'webgpu';
  const device = onGpu ? await runtime!.ort.env.webgpu.device : null;
  const clock = device && createGpuClock(device);
  const batches = [1, 2, 4, 8].filter((candidates) => candidates <= engine.device.batch);

  const measureWith = (candidates: number | null) => async (stage: string, work: () => unknown) => {
    const times: number[] = [];
    const busyTimes: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const start = performance.now();
      const busy = await clock?.time(work);
      if (busy === undefined) await work();
      else busyTimes.push(busy);
      await device?.queue.onSubmittedWorkDone();
      times.push(performance.now() - start);
    }
    const warm = (all: readonly number[]) => median(all.slice(1));
    stages.push({ stage, candidates, cold: times[0], warm: warm(times), gpu: clock && warm(busyTimes) });
  };

  const measure = measureWith(null);
  let condition = new Float32Array(0) as Condition;
  const { ids } = engine.tokenize('a smiling woman');
  await measure('text encoder', async () => {
    condition = await engine.encodeText(ids);
  });

  const graphOf = async (name: 'conditioner' | 'denoiser') => {
    const { file } = chosenFile(manifest.graphs[name]);
    const read = (each: PackFile) => readPackFile(fetchFile, each, () => {});
    const data = (file.data ?? []).map(async (each) => ({ path: dataPath(each), data: await read(each) }));
    const model = await read(file);
    const half = name === 'denoiser' && engine.device.arithmetic === 'half';
    return openGraph(runtime!, name, half ? inHalfPrecision(model) : model, await Promise.all(data));
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
    const avoided = seeds.map(() => null);
    const chain = await startChain({
      schedule,
      jumps,
      guidance,
      truncation,
      conditions,
      avoided,
      seeds,
    });
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
    const isReference = engine.startChain === engine.startReference;
    const reference = isReference ? null : await stepTime(engine.startReference, candidates);
    steps.push({ candidates, step, reference });
  }
  clock?.dispose();
  await engine.dispose();
  const { choices, weightType } = engine.device;
  return { pack: manifest.id, name: options.name, weightType, choices, stages, steps };
}
