// A pack, opened: its graphs on a device, wrapped as the steps of the recipe in generate.ts.
import { UserError } from '../errors.ts';
import type { GraphFile, PackFile, PackManifest } from '../pack/manifest.ts';
import { chosenFile } from '../pack/packFiles.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { createTokenizer } from '../tokenizer/tokenizer.ts';
import type {
  Condition,
  DeviceReport,
  ImageTokens,
  LoadProgress,
  Pixels,
  PromptIds,
  ProviderChoice,
} from '../types.ts';
import { checkedGraph } from './checkedGraph.ts';
import { clipInput } from './clipImage.ts';
import { createDenoiser, type Denoiser } from './denoiser.ts';
import { type PackFetch, readManifest, readPackFile } from './packReader.ts';
import { type DataFile, type Graph, openGraph, type Runtime } from './session.ts';

/** What generating needs. The encoder is opened by no one yet: it serves in-painting. */
const graphsNeeded = ['text_encoder', 'conditioner', 'denoiser', 'decoder', 'image_encoder'] as const;
type OpenGraphs = Record<(typeof graphsNeeded)[number], Graph>;

/** A runtime that can say what it runs on. */
export type ReportingRuntime = Runtime & Omit<DeviceReport, 'weightType'>;

export interface Engine {
  readonly manifest: PackManifest;
  readonly device: DeviceReport;
  readonly tokenize: Tokenizer;
  /** @returns L2-normalised */
  encodeText(ids: PromptIds): Promise<Condition>;
  readonly denoiser: Denoiser;
  /** Tokens of one picture, none of them MASK. [positions] -> [3, height, width] */
  decode(tokens: ImageTokens): Promise<Pixels>;
  /** CLIP's embedding of one decoded picture, L2-normalised. */
  encodeImage(pixels: Pixels): Promise<Condition>;
  dispose(): Promise<void>;
}

export interface OpenOptions {
  readonly fetchFile: PackFetch;
  readonly provider: ProviderChoice;
  readonly openRuntime: (choice: ProviderChoice) => Promise<ReportingRuntime>;
  readonly onProgress: (progress: LoadProgress) => void;
}

/**
 * Downloads a pack, checks it and opens its graphs. With `auto`, a GPU that refuses them is passed over for WASM.
 * @throws {UserError} saying which file or device failed, and what to do
 */
export async function openEngine({
  fetchFile,
  provider,
  openRuntime,
  onProgress,
}: OpenOptions): Promise<Engine> {
  const opening = openRuntime(provider);
  // The download may fail first; then nobody waits for the runtime any more.
  opening.catch(() => {});
  const manifest = await readManifest(fetchFile);
  const files = await download(fetchFile, manifest, onProgress);
  const tokenize = createTokenizer(
    parseJson(manifest.tokenizer.model, files.model),
    parseJson(manifest.tokenizer.config, files.config),
    manifest.clip.contextLength,
  );

  let runtime = await opening;
  let graphs: OpenGraphs;
  const canFallBack = provider === 'auto' && runtime.provider !== 'wasm';
  try {
    graphs = await openGraphs(runtime, files, !canFallBack);
  } catch (error) {
    if (!canFallBack) throw error;
    const reason = `WebGPU failed on this model (${error instanceof Error ? error.message : error})`;
    runtime = { ...(await openRuntime('wasm')), reason };
    graphs = await openGraphs(runtime, files, true);
  }
  const { provider: taken, reason, threads, adapter } = runtime;
  const { weightType } = chosenFile(manifest.graphs.denoiser);
  return createEngine(manifest, { provider: taken, reason, threads, adapter, weightType }, tokenize, graphs);
}

function createEngine(
  manifest: PackManifest,
  device: DeviceReport,
  tokenize: Tokenizer,
  graphs: OpenGraphs,
): Engine {
  const { image, grid, clip, codebookSize, conditionSize } = manifest;
  const positions = grid.rows * grid.columns;
  const checked = (name: keyof OpenGraphs, rowSize: number) => checkedGraph(graphs[name], name, rowSize);
  const textEncoder = checked('text_encoder', conditionSize);
  const denoiser = checked('denoiser', positions * codebookSize);
  const decoder = checked('decoder', 3 * image.width * image.height);
  const imageEncoder = checked('image_encoder', conditionSize);
  return {
    manifest,
    device,
    tokenize,
    denoiser: createDenoiser(graphs.conditioner, denoiser, manifest),
    async encodeText(ids) {
      return (await textEncoder.run({
        ids: { type: 'int32', data: ids, dims: [1, clip.contextLength] },
      })) as Condition;
    },
    async decode(tokens) {
      return (await decoder.run({
        tokens: { type: 'int32', data: tokens, dims: [1, positions] },
      })) as Pixels;
    },
    async encodeImage(pixels) {
      const side = clip.imageSize;
      return (await imageEncoder.run({
        image: { type: 'float32', data: clipInput(pixels, image, side), dims: [1, 3, side, side] },
      })) as Condition;
    },
    async dispose() {
      for (const graph of Object.values(graphs)) await graph.dispose();
    },
  };
}

interface GraphBytes {
  readonly model: Uint8Array;
  readonly data: readonly DataFile[];
}
type PackFiles = Record<'model' | 'config', Uint8Array> & {
  readonly graphs: Map<(typeof graphsNeeded)[number], GraphBytes>;
};

async function download(
  fetchFile: PackFetch,
  { graphs, tokenizer }: PackManifest,
  onProgress: OpenOptions['onProgress'],
): Promise<PackFiles> {
  const wanted = graphsNeeded.map((name) => [name, chosenFile(graphs[name]).file] as const);
  const all = [
    ...wanted.flatMap(([, file]) => [file, ...(file.data ?? [])]),
    tokenizer.model,
    tokenizer.config,
  ];
  const totalBytes = all.reduce((sum, file) => sum + file.bytes, 0);
  let loadedBytes = 0;
  // Without one of the files the others are of no use.
  const failed = new AbortController();
  const read = async (file: PackFile) => {
    const counted = (count: number) => {
      loadedBytes += count;
      onProgress({ stage: 'download', loadedBytes, totalBytes });
    };
    try {
      return await readPackFile(fetchFile, file, counted, failed.signal);
    } catch (error) {
      failed.abort();
      throw error;
    }
  };
  const readGraph = async (file: GraphFile): Promise<GraphBytes> => {
    const [model, ...data] = await Promise.all([file, ...(file.data ?? [])].map(read));
    return { model, data: data.map((bytes, index) => ({ path: nameOf(file.data![index]), data: bytes })) };
  };
  const [entries, model, config] = await Promise.all([
    Promise.all(wanted.map(async ([name, file]) => [name, await readGraph(file)] as const)),
    read(tokenizer.model),
    read(tokenizer.config),
  ]);
  onProgress({ stage: 'prepare', loadedBytes, totalBytes });
  return { graphs: new Map(entries), model, config };
}

/** A graph names its data files relative to itself, and they lie beside it. */
const nameOf = ({ file }: PackFile) => file.slice(file.lastIndexOf('/') + 1);

/** @param isLastTry lets every file go once its graph is open: the runtime has its own copy, and large ones count */
async function openGraphs(runtime: Runtime, files: PackFiles, isLastTry: boolean): Promise<OpenGraphs> {
  const graphs: Partial<OpenGraphs> = {};
  try {
    // One after the other: the runtime opens one at a time.
    for (const name of graphsNeeded) {
      const { model, data } = files.graphs.get(name)!;
      graphs[name] = await openGraph(runtime, name, model, data);
      if (isLastTry) files.graphs.delete(name);
    }
    return graphs as OpenGraphs;
  } catch (error) {
    for (const graph of Object.values(graphs)) await graph.dispose();
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
