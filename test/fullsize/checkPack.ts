// Runs the graphs of a full-size pack in native ONNX Runtime, against the authors' numbers of the same weights.
import * as ort from 'onnxruntime-node';
import type { GraphName, PackManifest, WeightType } from '../../src/pack/manifest.ts';
import { maxAbsDifference } from '../support/compare.ts';
import { readGolden } from '../support/safetensors.ts';
import { meanDivergence } from './divergence.ts';
import { type Evaluate, type Input, worstOfHeldOut } from './heldOut.ts';
import { type Limits, limits } from './limits.ts';
import { type Feeds, nativePack, type Run } from './nativeGraphs.ts';
import { seededValues } from './seededWeights.ts';
import {
  follow,
  guidedPair,
  nullCondition,
  readTrajectory,
  STEPS,
  straying,
  writeTrajectory,
} from './trajectory.ts';

export interface Finding {
  readonly what: string;
  readonly found: number;
  /** `found` should be below it; null where the figure is for people alone. */
  readonly limit: number | null;
}

/** Where the single-precision pack, which comes first, leaves its answers for the others. */
export interface AnswerFiles {
  readonly trajectory: string;
  readonly heldOut: string;
}

const golden = readGolden('fullsize/fullsize.safetensors');
const values = (name: string) => Float32Array.from(golden.numbers(name));
const integers = (name: string) => Int32Array.from(golden.numbers(name));

const POSITIONS = 256;
const CODES = 4096;
const WIDTH = 512;
const LAYERS = 24;
/** The golden logits are those of every 16th position. */
const STRIDE = 16;
/** The prompts' and the picture's. */
const CONDITIONS = 3;

/** Text encoder, picture encoder, conditioner, denoiser, decoder and encoder, each opened alone and let go again. */
export async function checkPack(
  folder: string,
  weightType: WeightType,
  files: AnswerFiles,
  say: (line: string) => void,
): Promise<Finding[]> {
  const limit = limits[weightType];
  const { manifest, withGraph } = nativePack(folder, say);
  const once = (name: GraphName, feeds: Feeds) => withGraph(name, (run) => run(feeds));

  const ids = new ort.Tensor('int32', integers('text_ids'), [2, 77]);
  const text = await once('text_encoder', { ids });
  const pixels = seededValues('image/clip', 3 * 224 * 224, (u) => 4 * u - 2);
  const image = await once('image_encoder', { image: new ort.Tensor('float32', pixels, [1, 3, 224, 224]) });

  // The authors' embeddings, so that the denoiser's error is its own; and the null condition.
  const conditions = Float32Array.from([
    ...values('text_embedding'),
    ...values('image_embedding'),
    ...nullCondition(manifest),
  ]);
  const condition = new ort.Tensor('float32', conditions, [CONDITIONS + 1, WIDTH]);
  const modulation = await once('conditioner', { condition });
  const denoised = await withGraph('denoiser', async (run) => [
    ...(await againstAuthors(run, modulation.slice(0, LAYERS * 2 * WIDTH), weightType)),
    ...(await againstSingle(run, modulation, manifest, files, limit)),
  ]);

  const decodeTokens = new ort.Tensor('int32', integers('decode_tokens'), [1, POSITIONS]);
  const decoded = await once('decoder', { tokens: decodeTokens });
  const picture = seededValues('image/vq', 3 * 256 * 256);
  const encoded = await once('encoder', { image: new ort.Tensor('float32', picture, [1, 3, 256, 256]) });

  return [
    {
      what: 'text embedding',
      found: maxAbsDifference(text, values('text_embedding')),
      limit: limit.textEmbedding,
    },
    {
      what: 'image embedding',
      found: maxAbsDifference(image, values('image_embedding')),
      limit: limit.imageEmbedding,
    },
    ...denoised,
    {
      what: 'decoded picture, 0 to 1, every eighth row and column',
      found: maxAbsDifference(everyEighth(decoded), values('decode_image_f32_every8')),
      limit: limit.pixels,
    },
    {
      what: 'decoded picture, all of it, beyond the rounding of its bytes',
      found: beyondRounding(decoded, integers('decode_image_u8')),
      limit: limit.pixels,
    },
    { what: 'codes encoded otherwise, of 256', found: clearlyOther(encoded), limit: 1 },
  ];
}

/** Three evaluations as one batch: x_t at two timesteps, and all tokens MASK. once: [layers, 2 * width] */
async function againstAuthors(run: Run, once: Float32Array, weightType: WeightType): Promise<Finding[]> {
  const limit = limits[weightType];
  const masked = new Int32Array(POSITIONS).fill(CODES);
  const logits = await evaluator(
    run,
    Float32Array.from([...once, ...once, ...once]),
  )([
    { timestep: 99, tokens: integers('x_t') },
    { timestep: 37, tokens: integers('x_t') },
    { timestep: 99, tokens: masked },
  ]);
  const names = ['cond.t99', 'cond.t37', 'cond.allmask.t99'];
  const all = names.map((_, i) => logits.subarray(i * POSITIONS * CODES, (i + 1) * POSITIONS * CODES));
  return [
    ...names.flatMap((name, i): Finding[] => {
      const found = everySixteenth(all[i]);
      const expected = values(`logits.${name}`);
      return [
        { what: `logits ${name}`, found: maxAbsDifference(found, expected), limit: limit.logits },
        {
          what: `mean KL ${name}, nats a position`,
          found: meanDivergence(expected, found, CODES),
          limit: limit.divergence,
        },
      ];
    }),
    ...names.slice(0, 2).map((name, i) => ({
      what: `mean, deviation and extremes of all logits ${name}`,
      found: maxAbsDifference(statistics(all[i]), values(`logits_stats.${name}`)),
      limit: limit.statistics,
    })),
    {
      what: `likeliest codes that are others, of ${POSITIONS}, cond.allmask.t99`,
      found: otherWinners(all[2]),
      // Rounded weights may decide between codes that are nearly equal.
      limit: weightType === 'fp32' ? 1 : null,
    },
  ];
}

/** Guided steps, and inputs held out. modulation: the conditions', then the null condition's. */
async function againstSingle(
  run: Run,
  modulation: Float32Array,
  manifest: PackManifest,
  files: AnswerFiles,
  limit: Limits,
): Promise<Finding[]> {
  const one = LAYERS * 2 * WIDTH;
  const heldOut = await worstOfHeldOut(
    evaluator(run, modulation.slice(0, CONDITIONS * one)),
    manifest,
    CONDITIONS,
    files.heldOut,
  );
  const pair = Float32Array.from([...modulation.slice(0, one), ...modulation.slice(CONDITIONS * one)]);
  const predict = guidedPair(run, pair, manifest);
  const reference = readTrajectory(files.trajectory, manifest);
  if (!reference || !heldOut) {
    writeTrajectory(files.trajectory, await follow(predict, manifest));
    return [];
  }
  const { divergence, changed } = await straying(predict, manifest, reference);
  return [
    { what: 'logits, worst of the inputs held out', found: heldOut.logits, limit: limit.logits },
    {
      what: 'mean KL, worst of the inputs held out, nats a position',
      found: heldOut.divergence,
      limit: limit.divergence,
    },
    {
      what: 'mean KL of the guided start distribution along a run, nats a position',
      found: divergence,
      limit: limit.divergence,
    },
    // One token drawn otherwise changes those after it, so this says little about the weights.
    { what: `tokens changed in a run of ${STEPS} steps, of ${POSITIONS}`, found: changed, limit: null },
  ];
}

/** The denoiser under as many conditions as there are inputs. [inputs, layers, 2 * width] */
function evaluator(run: Run, modulation: Float32Array): Evaluate {
  return (inputs: readonly Input[]) =>
    run({
      tokens: new ort.Tensor('int32', Int32Array.from(inputs.flatMap(({ tokens }) => [...tokens])), [
        inputs.length,
        POSITIONS,
      ]),
      timestep: new ort.Tensor(
        'int32',
        Int32Array.from(inputs, ({ timestep }) => timestep),
        [inputs.length],
      ),
      modulation: new ort.Tensor('float32', modulation, [inputs.length, LAYERS, 2 * WIDTH]),
    });
}

/** [positions, codes] -> [16, codes] */
function everySixteenth(logits: Float32Array): Float32Array {
  return logits.filter((_, index) => Math.floor(index / CODES) % STRIDE === 0);
}

/** Mean, standard deviation, least and largest. [4] */
function statistics(logits: Float32Array): number[] {
  const mean = logits.reduce((sum, value) => sum + value, 0) / logits.length;
  const variance = logits.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (logits.length - 1);
  const extreme = (pick: (a: number, b: number) => number) => logits.reduce((a, b) => pick(a, b));
  return [mean, Math.sqrt(variance), extreme(Math.min), extreme(Math.max)];
}

/** [positions, codes] -> how many positions have another likeliest code than the authors' */
function otherWinners(logits: Float32Array): number {
  return integers('argmax.allmask.t99').filter((winner, position) => {
    const row = logits.subarray(position * CODES, (position + 1) * CODES);
    return row.indexOf(row.reduce((a, b) => Math.max(a, b))) !== winner;
  }).length;
}

/** [3, 256, 256] -> [3, 32, 32] */
function everyEighth(picture: Float32Array): Float32Array {
  return picture.filter((_, index) => index % 8 === 0 && Math.floor(index / 256) % 8 === 0);
}

/** How far a value is at most from those that round to its byte, of 1. */
function beyondRounding(picture: Float32Array, bytes: Int32Array): number {
  const scaled = Float64Array.from(picture, (value) => value * 255);
  return Math.max(0, maxAbsDifference(scaled, bytes) - 0.5) / 255;
}

/** Codes that differ from the authors' where theirs won by more than rounding. */
function clearlyOther(codes: ArrayLike<number>): number {
  const expected = integers('encode_argmax');
  const margin = values('encode_margin');
  return expected.filter((code, position) => code !== codes[position] && margin[position] > 1e-3).length;
}
