// Checkpoint -> pack: three PyTorch files in, six ONNX graphs and pack.json out.
import {
  type GraphName,
  PACK_FORMAT,
  PACK_VERSION,
  type PackCheck,
  type PackFile,
  type PackManifest,
  type PackVocabulary,
  parseManifest,
  type WeightType,
} from '../pack/manifest.ts';
import { openCheckpoint } from './checkpoint.ts';
import type { WeightChoice } from './chooseTensors.ts';
import { MAX_FILE_BYTES, writeModelParts } from './externalData.ts';
import { conditioner } from './graphs/conditioner.ts';
import { decoder } from './graphs/decoder.ts';
import { denoiser } from './graphs/denoiser.ts';
import { encoder } from './graphs/encoder.ts';
import { imageEncoder } from './graphs/imageEncoder.ts';
import { textEncoder } from './graphs/textEncoder.ts';
import { openAiClip } from './models/huggingFaceClip.ts';
import { checkModels, type ModelOptions, type Models } from './models/models.ts';
import { authorsSchedule } from './models/schedule.ts';
import { inFile, type ModelKind } from './models/sizes.ts';
import type { Graph } from './onnx.ts';
import { type PackSink, textChunks, writePackFile } from './packWriter.ts';
import { weightTypeOf } from './precision.ts';
import type { SegmentFile } from './segmentFile.ts';
import type { ByteSource } from './source.ts';
import { weightFinder } from './weights.ts';

export interface ConvertOptions extends Partial<ModelOptions> {
  readonly id: string;
  readonly name: string;
  readonly license: string;
  readonly description?: string;
  readonly provenance?: readonly string[];
  readonly examples?: readonly string[];
  readonly vocabulary?: PackVocabulary;
  /** As src/cli/matchScore.ts measures it. */
  readonly matchScore?: number | null;
  /** What the page begins with; the rest is the authors' (FFHQ demo), with a quarter of the steps. */
  readonly defaults?: Partial<PackManifest['defaults']>;
  /** Averages where left out, and where a file has any. */
  readonly weights?: WeightChoice;
  /** Texts of tokenizer.json and tokenizer_config.json. */
  readonly tokenizer: { readonly model: string; readonly config: string };
  /**
   * Asked once all files but pack.json are written: the answer to one step, of which pack.json tells those who open it. Null
   * where the model cannot be run.
   */
  readonly check?: (manifest: PackManifest) => Promise<PackCheck | null>;
  /** Larger graphs get data files beside them. */
  readonly maxFileBytes?: number;
}

export type ConvertProgress =
  /** Where in a file the weights were found, and which of several: a sentence. */
  | { readonly stage: 'found'; readonly model: ModelKind; readonly note: string }
  | { readonly stage: 'check'; readonly model: ModelKind }
  | {
      readonly stage: 'write';
      readonly file: string;
      readonly writtenBytes: number;
      readonly totalBytes: number;
      /** Of the whole pack but for pack.json. */
      readonly packWrittenBytes: number;
      readonly packTotalBytes: number;
    };

/**
 * Writes the pack's files to the sink, pack.json last, so that a conversion into an empty folder is no pack until
 * it is whole.
 * @throws {UserError} `checkpoint` for files that are not what they should be, `pack-invalid` for bad options.
 */
export async function convert(
  sources: Readonly<Record<ModelKind, ByteSource>>,
  options: ConvertOptions,
  sink: PackSink,
  onProgress?: (progress: ConvertProgress) => void,
  signal?: AbortSignal,
): Promise<PackManifest> {
  const modelOptions: ModelOptions = {
    weightType: options.weightType ?? 'fp16',
    heads: options.heads ?? null,
    normGroups: options.normGroups ?? null,
    config: options.config ?? null,
    schedule: options.schedule ?? authorsSchedule,
    clipActivation: options.clipActivation ?? null,
  };
  const tensorsOf = async (kind: ModelKind) => {
    const { tensors, note } = await inFile(kind, () => openCheckpoint(sources[kind], kind, options.weights));
    if (note !== undefined) onProgress?.({ stage: 'found', model: kind, note });
    return tensors;
  };
  const models = await checkModels(
    {
      diffusion: await tensorsOf('diffusion'),
      vqgan: await tensorsOf('vqgan'),
      clip: openAiClip(await tensorsOf('clip')),
    },
    modelOptions,
    (model) => onProgress?.({ stage: 'check', model }),
    signal,
  );
  const { weightType } = modelOptions;
  const files = await packFiles(models, options, weightType);
  // Bad options should be found before a gigabyte is written: hashes are all that is missing now.
  const unwritten = files.map(({ path, byteLength, dataOf }) => ({
    entry: { file: path, bytes: byteLength, sha256: '0'.repeat(64) },
    dataOf,
  }));
  parseManifest(manifestOf(models, options, modelOptions, unwritten));

  const written: DescribedFile[] = [];
  const packTotalBytes = files.reduce((sum, { byteLength }) => sum + byteLength, 0);
  let before = 0;
  for (const { path, byteLength, chunks, dataOf } of files) {
    const report = (writtenBytes: number) =>
      onProgress?.({
        stage: 'write',
        file: path,
        writtenBytes,
        totalBytes: byteLength,
        packWrittenBytes: before + writtenBytes,
        packTotalBytes,
      });
    written.push({ entry: await writePackFile(sink, path, chunks(), report, signal), dataOf });
    before += byteLength;
  }
  const unchecked = parseManifest(manifestOf(models, options, modelOptions, written));
  const check = await options.check?.(unchecked);
  const manifest = check ? parseManifest({ ...unchecked, check }) : unchecked;
  signal?.throwIfAborted();
  await writePackFile(sink, 'pack.json', textChunks(`${JSON.stringify(manifest, null, 2)}\n`));
  return manifest;
}

interface UnwrittenFile extends SegmentFile {
  readonly path: string;
  /** Path of the graph whose weights the file holds; null for a file that stands for itself. */
  readonly dataOf: string | null;
}

interface DescribedFile {
  readonly entry: PackFile;
  readonly dataOf: string | null;
}

/** @param chosen for the pack */
function graphPath(name: GraphName, chosen: WeightType): string {
  const weightType = weightTypeOf(name, chosen);
  return weightType === 'fp32' ? `${name}.onnx` : `${name}.${weightType}.onnx`;
}

/** The tokenizer's two files, then the six graphs. */
async function packFiles(
  models: Models,
  { tokenizer, maxFileBytes = MAX_FILE_BYTES }: ConvertOptions,
  weightType: WeightType,
): Promise<UnwrittenFile[]> {
  const text = (path: string, content: string): UnwrittenFile => ({
    path,
    dataOf: null,
    byteLength: new TextEncoder().encode(content).byteLength,
    chunks: () => textChunks(content),
  });
  return [
    text('tokenizer.json', tokenizer.model),
    text('tokenizer_config.json', tokenizer.config),
    ...Object.entries(await buildGraphs(models, weightType)).flatMap(([name, graph]): UnwrittenFile[] => {
      const path = graphPath(name as GraphName, weightType);
      const { model, data } = writeModelParts(graph, path, maxFileBytes);
      return [{ ...model, dataOf: null }, ...data.map((part) => ({ ...part, dataOf: path }))];
    }),
  ];
}

async function buildGraphs(
  { tensors, diffusion, heads, vqgan, clip }: Models,
  chosen: WeightType,
): Promise<Record<GraphName, Graph>> {
  const inDiffusion = weightFinder(tensors.diffusion);
  const inVqgan = weightFinder(tensors.vqgan);
  const inClip = weightFinder(tensors.clip);
  const type = (graph: GraphName) => weightTypeOf(graph, chosen);
  return {
    text_encoder: await textEncoder(inClip, clip, type('text_encoder')),
    conditioner: conditioner(inDiffusion, diffusion, type('conditioner')),
    denoiser: denoiser(inDiffusion, diffusion, heads, type('denoiser')),
    decoder: decoder(inVqgan, vqgan, diffusion, type('decoder')),
    encoder: encoder(inVqgan, vqgan, diffusion, type('encoder')),
    image_encoder: imageEncoder(inClip, clip, type('image_encoder')),
  };
}

function manifestOf(
  { diffusion, vqgan, clip, emptyTextEmbedding, clipScale }: Models,
  options: ConvertOptions,
  { weightType, schedule }: ModelOptions,
  files: readonly DescribedFile[],
): PackManifest {
  const { rows, columns, codebookSize, timesteps, conditionSize, layers } = diffusion;
  const file = (path: string) => files.find(({ entry }) => entry.file === path)!.entry;
  const graph = (name: GraphName) => {
    const path = graphPath(name, weightType);
    const data = files.filter(({ dataOf }) => dataOf === path).map(({ entry }) => entry);
    return { [weightTypeOf(name, weightType)]: data.length ? { ...file(path), data } : file(path) };
  };
  return {
    format: PACK_FORMAT,
    version: PACK_VERSION,
    id: options.id,
    name: options.name,
    description: options.description ?? '',
    license: options.license,
    provenance: options.provenance ?? [],
    image: { width: columns * vqgan.scaleFactor, height: rows * vqgan.scaleFactor },
    grid: { rows, columns },
    codebookSize,
    timesteps,
    schedule,
    conditionSize,
    layers,
    clip: {
      contextLength: clip.contextLength,
      vocabularySize: clip.vocabularySize,
      imageSize: clip.imageSize,
    },
    emptyTextEmbedding: base64(emptyTextEmbedding),
    defaults: {
      steps: Math.ceil(timesteps / 4),
      guidance: 1.15,
      truncation: { kind: 'topR', r: 0.85 },
      candidates: 4,
      promptPrefix: '',
      ...options.defaults,
    },
    examples: options.examples ?? [],
    ...(options.vocabulary && { vocabulary: options.vocabulary }),
    ...(options.matchScore != null && { matchScore: options.matchScore }),
    ...(clipScale !== null && { clipScale }),
    tokenizer: { model: file('tokenizer.json'), config: file('tokenizer_config.json') },
    graphs: {
      text_encoder: graph('text_encoder'),
      conditioner: graph('conditioner'),
      denoiser: graph('denoiser'),
      decoder: graph('decoder'),
      encoder: graph('encoder'),
      image_encoder: graph('image_encoder'),
    },
  };
}

/** float32, little-endian */
function base64(values: Float32Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
