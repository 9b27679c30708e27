// Runs the graphs of a full-size pack in native ONNX Runtime, against the authors' numbers of the same weights.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { type GraphName, parseManifest, type WeightType } from '../../src/pack/manifest.ts';
import { chosenFile } from '../../src/pack/packFiles.ts';
import { maxAbsDifference } from '../support/compare.ts';
import { readGolden } from '../support/safetensors.ts';
import { seededValues } from './seededWeights.ts';

export interface Finding {
  readonly what: string;
  readonly found: number;
  /** `found` should be below it. */
  readonly limit: number;
}

type Feeds = Record<string, ort.Tensor>;
type RunGraph = (name: GraphName, feeds: Feeds) => Promise<Float32Array>;

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
 * Largest differences that are let pass. float32 differs by the order of sums alone. In fp16 packs weights are rounded
 * by 2^-11 and the token embeddings of CLIP to 8 bits; what that comes to is measured, and kept from growing.
 */
const limits: Record<
  WeightType,
  Record<'embedding' | 'logits' | 'divergence' | 'pixels' | 'codes', number>
> = {
  fp32: { embedding: 1e-5, logits: 1e-4, divergence: 1e-9, pixels: 1e-3, codes: 1 },
  fp16: { embedding: 2e-3, logits: 0.01, divergence: 1e-6, pixels: 5e-3, codes: 2 },
  int8: { embedding: 1e-2, logits: 0.2, divergence: 1e-3, pixels: 5e-3, codes: 2 },
};

/** Text encoder, picture encoder, conditioner, denoiser, decoder and encoder, each opened alone and let go again. */
export async function checkPack(
  folder: string,
  weightType: WeightType,
  say: (line: string) => void,
): Promise<Finding[]> {
  const limit = limits[weightType];
  const run = runner(folder, say);

  const ids = new ort.Tensor('int32', integers('text_ids'), [2, 77]);
  const text = await run('text_encoder', { ids });
  const pixels = seededValues('image/clip', 3 * 224 * 224, (u) => 4 * u - 2);
  const image = await run('image_encoder', { image: new ort.Tensor('float32', pixels, [1, 3, 224, 224]) });

  // The authors' embedding, so that the denoiser's error is its own.
  const condition = new ort.Tensor('float32', values('text_embedding').slice(0, WIDTH), [1, WIDTH]);
  const once = await run('conditioner', { condition });

  // Three evaluations as one batch: x_t at two timesteps, and all tokens MASK.
  const masked = new Int32Array(POSITIONS).fill(CODES);
  const tokens = Int32Array.from([...integers('x_t'), ...integers('x_t'), ...masked]);
  const logits = await run('denoiser', {
    tokens: new ort.Tensor('int32', tokens, [3, POSITIONS]),
    timestep: new ort.Tensor('int32', Int32Array.of(99, 37, 99), [3]),
    modulation: new ort.Tensor('float32', Float32Array.from([...once, ...once, ...once]), [
      3,
      LAYERS,
      2 * WIDTH,
    ]),
  });
  const denoised = ['cond.t99', 'cond.t37', 'cond.allmask.t99'].flatMap((name, evaluation): Finding[] => {
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

  const decodeTokens = new ort.Tensor('int32', integers('decode_tokens'), [1, POSITIONS]);
  const decoded = await run('decoder', { tokens: decodeTokens });
  const picture = seededValues('image/vq', 3 * 256 * 256);
  const encoded = await run('encoder', { image: new ort.Tensor('float32', picture, [1, 3, 256, 256]) });

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

/** Opens a graph of the pack, runs it once and lets it go. */
function runner(folder: string, say: (line: string) => void): RunGraph {
  const manifest = parseManifest(JSON.parse(readFileSync(join(folder, 'pack.json'), 'utf8')));
  return async (name, feeds) => {
    const begun = performance.now();
    const session = await ort.InferenceSession.create(
      join(folder, chosenFile(manifest.graphs[name]).file.file),
    );
    const opened = performance.now();
    try {
      const results = await session.run(feeds);
      const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(1);
      say(`  ${name}: opened in ${seconds(opened - begun)} s, ran ${seconds(performance.now() - opened)} s`);
      return results[session.outputNames[0]].data as Float32Array;
    } finally {
      await session.release();
    }
  };
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
