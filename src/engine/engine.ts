// A pack, opened: its graphs on a device, wrapped as the steps of the recipe in generate.ts.
import { UserError } from '../errors.ts';
import type { GraphFile, PackFile, PackManifest } from '../pack/manifest.ts';
import { chosenFile, dataPath } from '../pack/packFiles.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { createTokenizer } from '../tokenizer/tokenizer.ts';
import type {
  Arithmetic,
  Condition,
  DeviceReport,
  ImageTokens,
  LoadProgress,
  Pixels,
  PromptIds,
  ProviderChoice,
} from '../types.ts';
import { atMost, type BatchChoice, batchInMemory, batchOnGpu, bytesPerCandidate } from './batchSize.ts';
import { arrayChains, type StartChain } from './chain.ts';
import { checkOutput } from './checkOutput.ts';
import { explain } from './choices.ts';
import { clipInput } from './clipImage.ts';
import { checkContracts } from './contract.ts';
import { createDenoiser, type Denoiser } from './denoiser.ts';
import { lossOf } from './gpu/deviceLoss.ts';
import { createDoubt } from './gpu/doubt.ts';
import { gpuChains } from './gpu/gpuChain.ts';
import { createPainter } from './gpu/painter.ts';
import { probeStep } from './gpu/probe.ts';
import { createSampler } from './gpu/sampler.ts';
import { MAX_CODES } from './gpu/samplerShader.ts';
import { inHalfPrecision } from './halfPrecision.ts';
import { trackLoading } from './loading.ts';
import { checkBinding, memoryNote } from './obstacles.ts';
import { type PackBytes, type PackFetch, type PackSource, packFrom } from './packReader.ts';
import { type EncodePicture, pictureEncoder } from './pictureTokens.ts';
import type { HalfPrecision, RuntimeOptions } from './runtime.ts';
import { type DataFile, type Graph, openGraph, type Runtime } from './session.ts';
import { checkedAnswer, WrongStep } from './stepCheck.ts';

/** What generating needs. The encoder is opened by pictureTokens.ts, where it is asked for. */
const graphsNeeded = ['text_encoder', 'conditioner', 'denoiser', 'decoder', 'image_encoder'] as const;
type OpenGraphs = Record<(typeof graphsNeeded)[number], Graph>;

/** A runtime that can say what it runs on. */
export type ReportingRuntime = Runtime &
  Pick<DeviceReport, 'reason' | 'threads' | 'adapter' | 'note'> & { readonly half: HalfPrecision };

/** A denoiser above this is where half precision matters; below it, that a seed means the same everywhere. */
const LARGE_BYTES = 1e8;

export interface Engine {
  readonly manifest: PackManifest;
  readonly device: DeviceReport;
  readonly tokenize: Tokenizer;
  /** @returns L2-normalised */
  encodeText(ids: PromptIds): Promise<Condition>;
  /** Starts the candidates of a batch on their way from all MASK to pictures. */
  readonly startChain: StartChain;
  /** The same with the sampler in TypeScript, whatever the device: what others are held against. */
  readonly startReference: StartChain;
  readonly denoiser: Denoiser;
  /** Tokens of one picture, none of them MASK. [positions] -> [3, height, width] */
  decode(tokens: ImageTokens): Promise<Pixels>;
  /** CLIP's embedding of one decoded picture, L2-normalised. */
  encodeImage(pixels: Pixels): Promise<Condition>;
  /** @throws {UserError} where the pack has no encoder, or it cannot be opened */
  readonly encodePicture: EncodePicture;
  /** Rejects when the GPU is lost, whatever it is doing; what is awaited of it may then never come. */
  readonly lost: Promise<never>;
  dispose(): Promise<void>;
}

/** Files come one by one, or as the source brings them. */
export type OpenOptions = HowToOpen & ({ readonly fetchFile: PackFetch } | { readonly source: PackSource });

export interface HowToOpen {
  readonly provider: ProviderChoice;
  readonly openRuntime: (choice: ProviderChoice, options: RuntimeOptions) => Promise<ReportingRuntime>;
  readonly onProgress: (progress: LoadProgress) => void;
  /** Candidates that may go through the denoiser at once, at most: fewer than the device takes, where it was lost before. */
  readonly most?: number;
}

/**
 * Downloads a pack, checks it and opens its graphs. With `auto`, a GPU that fails on them in half precision gets them in
 * single, and one that fails again is passed over for WASM. So is one that computes wrongly, whatever was chosen.
 * @throws {UserError} saying which file or device failed, and what to do
 */
export async function openEngine({ onProgress, ...options }: OpenOptions): Promise<Engine> {
  const loading = trackLoading(onProgress);
  const openRuntime = async (choice: ProviderChoice) => {
    const runtime = await options.openRuntime(choice, { onBytes: loading.runtime });
    loading.runtimeOpened();
    return runtime;
  };
  const source = 'source' in options ? options.source : packFrom(options.fetchFile);
  try {
    return await Promise.race([open(source, options, openRuntime, loading.pack), loading.stalled]);
  } finally {
    loading.end();
  }
}

type OpenRuntime = (choice: ProviderChoice) => Promise<ReportingRuntime>;

async function open(
  source: PackSource,
  { provider, most }: Pick<HowToOpen, 'provider' | 'most'>,
  openRuntime: OpenRuntime,
  onBytes: (bytes: PackBytes) => void,
): Promise<Engine> {
  const opening = openRuntime(provider);
  // The download may fail first; then nobody waits for the runtime any more.
  opening.catch(() => {});
  const manifest = await source.manifest();
  const files = await readFiles(source, manifest, onBytes);
  const tokenize = createTokenizer(
    parseJson(manifest.tokenizer.model, files.model),
    parseJson(manifest.tokenizer.config, files.config),
    manifest.clip,
  );
  checkContracts(new Map([...files.graphs].map(([name, { model }]) => [name, model])), manifest);

  const { opened, runtime, arithmetic } = await openSomehow(
    await opening,
    provider,
    openRuntime,
    files,
    manifest,
  );
  const { provider: taken, reason, threads, adapter } = runtime;
  const { weightType, bytes } = chosenFile(manifest.graphs.denoiser);
  const note = runtime.note ?? memoryNote(manifest, deviceMemory());
  const device = { provider: taken, reason, threads, adapter, weightType, arithmetic, ...(note && { note }) };
  const { gpuChains } = opened;
  const batch = atMost(opened.batch, most);
  const lacksHalf =
    taken === 'webgpu' && provider === 'auto' && bytes > LARGE_BYTES && runtime.half === 'never';
  const choices = explain(device, batch, { samplesOnGpu: gpuChains !== null, half: runtime.half, lacksHalf });
  const encodePicture = pictureEncoder(source, manifest, runtime);
  const report = { ...device, batch: batch.candidates, choices };
  return createEngine(manifest, report, tokenize, encodePicture, opened);
}

/** Gigabytes, where the browser tells. */
function deviceMemory(): number | undefined {
  const { navigator } = globalThis as { readonly navigator?: { readonly deviceMemory?: number } };
  return navigator?.deviceMemory;
}

interface OpenedSomehow {
  readonly opened: Opened;
  readonly runtime: ReportingRuntime;
  readonly arithmetic: Arithmetic;
}

/** On what the runtime would best run on, else on the next best that the choice allows. */
async function openSomehow(
  runtime: ReportingRuntime,
  choice: ProviderChoice,
  openRuntime: OpenRuntime,
  files: PackFiles,
  manifest: PackManifest,
): Promise<OpenedSomehow> {
  const isLarge = chosenFile(manifest.graphs.denoiser).bytes > LARGE_BYTES;
  const half = runtime.half === 'always' || (runtime.half === 'for large models' && isLarge);
  const arithmetic = half ? 'half' : 'single';
  const isLastTry = choice !== 'auto' || runtime.provider === 'wasm';
  try {
    return { opened: await openOn(runtime, files, manifest, arithmetic, isLastTry), runtime, arithmetic };
  } catch (error) {
    // Who chose a device by hand did not choose wrong pictures.
    const isWrong = error instanceof WrongStep;
    if (isLastTry && !isWrong) throw error;
    const note = isWrong ? { note: error.message } : {};
    if (half)
      return openSomehow({ ...runtime, ...note, half: 'never' }, choice, openRuntime, files, manifest);
    const what = error instanceof Error ? error.message : String(error);
    const reason = isWrong ? 'the GPU computes wrongly' : `WebGPU failed on this model (${what})`;
    const next = { ...(await openRuntime('wasm')), reason, ...note };
    return openSomehow(next, choice, openRuntime, files, manifest);
  }
}

/** What stands on the device. */
interface Opened {
  readonly graphs: OpenGraphs;
  /** Null without WebGPU, and where the codebook is larger than the shader can take. */
  readonly gpuChains: StartChain | null;
  readonly batch: BatchChoice;
  readonly lost: Promise<never>;
}

async function openOn(
  runtime: Runtime,
  files: PackFiles,
  manifest: PackManifest,
  arithmetic: Arithmetic,
  isLastTry: boolean,
): Promise<Opened> {
  const onGpu = runtime.provider === 'webgpu';
  const isLastUse = isLastTry && !(onGpu && manifest.check);
  const graphs = await openGraphs(runtime, files, arithmetic, isLastUse);
  try {
    checkOutputs(graphs, manifest);
    if (!onGpu)
      return { graphs, gpuChains: null, batch: batchInMemory(manifest), lost: new Promise(() => {}) };
    const device = await runtime.ort.env.webgpu.device;
    const largest = bytesPerCandidate(manifest, graphs.conditioner.outputShape[1]);
    checkBinding(largest, device.limits);
    const lost = lossOf(device);
    const denoiser = createDenoiser(graphs.conditioner, graphs.denoiser, manifest);
    const answer = await checkedAnswer(denoiser, manifest, arithmetic);
    if (manifest.codebookSize > MAX_CODES)
      return { graphs, gpuChains: null, batch: batchInMemory(manifest), lost };
    const sampler = await createSampler(device, manifest.codebookSize);
    const painter = await createPainter(device, manifest.image);
    const doubt = await createDoubt(device);
    const chains = gpuChains(device, sampler, doubt, painter, graphs, manifest);
    const batch = batchOnGpu(device.limits, largest, await probeStep(chains, manifest, answer));
    return { graphs, gpuChains: chains, batch, lost };
  } catch (error) {
    await disposeAll(graphs);
    throw error;
  }
}

function createEngine(
  manifest: PackManifest,
  device: DeviceReport,
  tokenize: Tokenizer,
  encodePicture: EncodePicture,
  { graphs, gpuChains, lost }: Opened,
): Engine {
  const { image, grid, clip } = manifest;
  const positions = grid.rows * grid.columns;
  const denoiser = createDenoiser(graphs.conditioner, graphs.denoiser, manifest);
  const decode = async (tokens: ImageTokens) => {
    const dims = [1, positions];
    return (await graphs.decoder.run({ tokens: { type: 'int32', data: tokens, dims } })) as Pixels;
  };
  const startReference = arrayChains(denoiser, decode, positions, image);
  return {
    manifest,
    device,
    tokenize,
    startChain: gpuChains ?? startReference,
    startReference,
    denoiser,
    decode,
    async encodeText(ids) {
      return (await graphs.text_encoder.run({
        ids: { type: 'int32', data: ids, dims: [1, clip.contextLength] },
      })) as Condition;
    },
    async encodeImage(pixels) {
      const side = clip.imageSize;
      return (await graphs.image_encoder.run({
        image: { type: 'float32', data: clipInput(pixels, image, side), dims: [1, 3, side, side] },
      })) as Condition;
    },
    encodePicture,
    lost,
    dispose: () => disposeAll(graphs),
  };
}

/** What the opened graphs give, as far as the runtime knows it. */
function checkOutputs(graphs: OpenGraphs, { image, grid, codebookSize, conditionSize }: PackManifest): void {
  checkOutput(graphs.text_encoder, 'text_encoder', [conditionSize]);
  checkOutput(graphs.denoiser, 'denoiser', [grid.rows * grid.columns, codebookSize]);
  checkOutput(graphs.decoder, 'decoder', [3, image.height, image.width]);
  checkOutput(graphs.image_encoder, 'image_encoder', [conditionSize]);
}

async function disposeAll(graphs: Partial<OpenGraphs>): Promise<void> {
  for (const graph of Object.values(graphs)) await graph.dispose();
}

interface GraphBytes {
  readonly model: Uint8Array;
  readonly data: readonly DataFile[];
}
type PackFiles = Record<'model' | 'config', Uint8Array> & {
  readonly graphs: Map<(typeof graphsNeeded)[number], GraphBytes>;
};

async function readFiles(
  source: PackSource,
  { graphs, tokenizer }: PackManifest,
  onBytes: (bytes: PackBytes) => void,
): Promise<PackFiles> {
  const wanted = graphsNeeded.map((name) => [name, chosenFile(graphs[name]).file] as const);
  const all = [
    ...wanted.flatMap(([, file]) => [file, ...(file.data ?? [])]),
    tokenizer.model,
    tokenizer.config,
  ];
  // A file that several graphs name is read once.
  const distinct = [...new Map(all.map((file) => [file.file, file])).values()];
  const bytes = await source.files(distinct, onBytes);
  const bytesOf = ({ file }: PackFile) => bytes.get(file)!;
  const graphBytes = (file: GraphFile): GraphBytes => ({
    model: bytesOf(file),
    data: (file.data ?? []).map((each) => ({ path: dataPath(each), data: bytesOf(each) })),
  });
  return {
    graphs: new Map(wanted.map(([name, file]) => [name, graphBytes(file)])),
    model: bytesOf(tokenizer.model),
    config: bytesOf(tokenizer.config),
  };
}

/** @param isLastUse lets every file go once its graph is open: the runtime has its own copy, and large ones count */
async function openGraphs(
  runtime: Runtime,
  files: PackFiles,
  arithmetic: Arithmetic,
  isLastUse: boolean,
): Promise<OpenGraphs> {
  const graphs: Partial<OpenGraphs> = {};
  try {
    // One after the other: the runtime opens one at a time.
    for (const name of graphsNeeded) {
      const { model, data } = files.graphs.get(name)!;
      // The denoiser takes nearly all of the time; the others run once a prompt or once a picture.
      const taken = name === 'denoiser' && arithmetic === 'half' ? inHalfPrecision(model) : model;
      graphs[name] = await openGraph(runtime, name, taken, data);
      if (isLastUse) files.graphs.delete(name);
    }
    return graphs as OpenGraphs;
  } catch (error) {
    await disposeAll(graphs);
    throw error;
  }
}

function parseJson({ file }: PackFile, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new UserError('pack-invalid', `${file} is not JSON: convert the pack again.`, { cause });
  }
}
