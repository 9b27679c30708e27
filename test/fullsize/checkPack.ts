// Runs the graphs of a full-size pack in native ONNX Runtime, against the authors' numbers of the same weights.
import * as ort from 'onnxruntime-node';
import type { GraphName, PackManifest, WeightType } from '../../src/pack/manifest.ts';
import { maxAbsDifference } from '../support/compare.ts';
import { readGolden } from '../support/safetensors.ts';
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

const golden = readGolden('fullsize/fullsize.safetensors');
const values = (name: string) => Float32Array.from(golden.numbers(name));
const integers = (name: string) => Int32Array.from(golden.numbers(name));

const POSITIONS = 256;
const CODES = 4096;
const WIDTH = 512;
const LAYERS = 24;
/** The golden logits are those of every 16th position. */
const STRIDE = 16;

/**
 * Largest differences that are let pass: what was measured, kept from growing. float32 differs by the order of sums
 * alone; with fewer bits the rounded weights show.
 */
const limits: Record<
  WeightType,
  Record<'embedding' | 'logits' | 'divergence' | 'pixels' | 'codes', number>
> = {
  fp32: { embedding: 1e-5, logits: 1e-4, divergence: 1e-9, pixels: 1e-3, codes: 1 },
  fp16: { embedding: 2e-3, logits: 0.01, divergence: 1e-6, pixels: 5e-3, codes: 2 },
  int8: { embedding: 3e-3, logits: 0.1, divergence: 2e-4, pixels: 5e-3, codes: 2 },
  q4: { embedding: 3e-3, logits: 0.5, divergence: 4e-3, pixels: 5e-3, codes: 2 },
};

/**
 * Text encoder, picture encoder, conditioner, denoiser, decoder and encoder, each opened alone and let go again.
 * @param trajectory path of the file where the single-precision pack leaves its run for the others
 */
export async function checkPack(
  folder: string,
  weightType: WeightType,
  trajectory: string,
  say: (line: string) => void,
): Promise<Finding[]> {
  const limit = limits[weightType];
  const { manifest, withGraph } = nativePack(folder, say);
  const once = (name: GraphName, feeds: Feeds) => withGraph(name, (run) => run(feeds));

  const ids = new ort.Tensor('int32', integers('text_ids'), [2, 77]);
  const text = await once('text_encoder', { ids });
  const pixels = seededValues('image/clip', 3 * 224 * 224, (u) => 4 * u - 2);
  const image = await once('image_encoder', { image: new ort.Tensor('float32', pixels, [1, 3, 224, 224]) });

  // The authors' embedding, so that the denoiser's error is its own; and the null condition.
  const conditions = Float32Array.from([
    ...values('text_embedding').slice(0, WIDTH),
    ...nullCondition(manifest),
  ]);
  const condition = new ort.Tensor('float32', conditions, [2, WIDTH]);
  const modulation = await once('conditioner', { condition });
  const denoised = await withGraph('denoiser', async (run) => [
    ...(await againstAuthors(run, modulation.slice(0, modulation.length / 2), limit)),
    ...(await againstSingle(run, modulation, manifest, trajectory, limit)),
  ]);

  const decodeTokens = new ort.Tensor('int32', integers('decode_tokens'), [1, POSITIONS]);
  const decoded = await once('decoder', { tokens: decodeTokens });
  const picture = seededValues('image/vq', 3 * 256 * 256);
  const encoded = await once('encoder', { image: new ort.Tensor('float32', picture, [1, 3, 256, 256]) });

  return [
    {
      what: 'text embedding',
      found: maxAbsDifference(text, values('text_embedding')),
      limit: limit.embedding,
    },
    {
      what: 'image embedding',
      found: maxAbsDifference(image, values('image_embedding')),
      limit: limit.embedding,
    },
    ...denoised,
    {
      what: 'decoded picture, 0 to 1',
      found: maxAbsDifference(everyEighth(decoded), values('decode_image_f32_every8')),
      limit: limit.pixels,
    },
    { what: 'codes encoded otherwise, of 256', found: clearlyOther(encoded), limit: limit.codes },
  ];
}

type Limits = (typeof limits)[WeightType];

/** Three evaluations as one batch: x_t at two timesteps, and all tokens MASK. once: [layers, 2 * width] */
async function againstAuthors(run: Run, once: Float32Array, limit: Limits): Promise<Finding[]> {
  const masked = new Int32Array(POSITIONS).fill(CODES);
  const tokens = Int32Array.from([...integers('x_t'), ...integers('x_t'), ...masked]);
  const logits = await run({
    tokens: new ort.Tensor('int32', tokens, [3, POSITIONS]),
    timestep: new ort.Tensor('int32', Int32Array.of(99, 37, 99), [3]),
    modulation: new ort.Tensor('float32', Float32Array.from([...once, ...once, ...once]), [
      3,
      LAYERS,
      2 * WIDTH,
    ]),
  });
  return ['cond.t99', 'cond.t37', 'cond.allmask.t99'].flatMap((name, evaluation): Finding[] => {
    const found = everySixteenth(
      logits.subarray(evaluation * POSITIONS * CODES, (evaluation + 1) * POSITIONS * CODES),
    );
    const expected = values(`logits.${name}`);
    return [
      { what: `logits ${name}`, found: maxAbsDifference(found, expected), limit: limit.logits },
      {
        what: `mean KL ${name}, nats a position`,
        found: meanDivergence(expected, found),
        limit: limit.divergence,
      },
    ];
  });
}

/** Guided steps. The pack in single precision, which comes first, leaves the run that the others are held against. */
async function againstSingle(
  run: Run,
  modulation: Float32Array,
  manifest: PackManifest,
  trajectory: string,
  limit: Limits,
): Promise<Finding[]> {
  const predict = guidedPair(run, modulation, manifest);
  const reference = readTrajectory(trajectory, manifest);
  if (!reference) {
    writeTrajectory(trajectory, await follow(predict, manifest));
    return [];
  }
  const { divergence, changed } = await straying(predict, manifest, reference);
  return [
    {
      what: 'mean KL of the guided start distribution along a run, nats a position',
      found: divergence,
      limit: limit.divergence,
    },
    // One token drawn otherwise changes those after it, so this says little about the weights.
    { what: `tokens changed in a run of ${STEPS} steps, of ${POSITIONS}`, found: changed, limit: null },
  ];
}

/** [positions, codes] -> [16, codes] */
function everySixteenth(logits: Float32Array): Float32Array {
  return logits.filter((_, index) => Math.floor(index / CODES) % STRIDE === 0);
}

/** [3, 256, 256] -> [3, 32, 32] */
function everyEighth(picture: Float32Array): Float32Array {
  return picture.filter((_, index) => index % 8 === 0 && Math.floor(index / 256) % 8 === 0);
}

/** Mean over positions of KL(softmax(expected) || softmax(found)), in nats. [positions, codes] each */
function meanDivergence(expected: Float32Array, found: Float32Array): number {
  let sum = 0;
  for (let begin = 0; begin < expected.length; begin += CODES) {
    const p = logSoftmax(expected.subarray(begin, begin + CODES));
    const q = logSoftmax(found.subarray(begin, begin + CODES));
    for (let k = 0; k < CODES; k++) sum += Math.exp(p[k]) * (p[k] - q[k]);
  }
  return sum / (expected.length / CODES);
}

function logSoftmax(logits: Float32Array): Float64Array {
  const largest = logits.reduce((a, b) => Math.max(a, b));
  const total = logits.reduce((sum, value) => sum + Math.exp(value - largest), 0);
  return Float64Array.from(logits, (value) => value - largest - Math.log(total));
}

/** Codes that differ from the authors' where theirs won by more than rounding. */
function clearlyOther(codes: ArrayLike<number>): number {
  const expected = integers('encode_argmax');
  const margin = values('encode_margin');
  return expected.filter((code, position) => code !== codes[position] && margin[position] > 1e-3).length;
}
