// Both CLIP towers against OpenAI's embeddings (test/golden/clip/README.md).
import { beforeAll, describe, expect, test } from 'vitest';
import { imageEncoder } from '../../src/convert/graphs/imageEncoder.ts';
import { quantised } from '../../src/convert/graphs/quantise.ts';
import { textEncoder } from '../../src/convert/graphs/textEncoder.ts';
import { clipShape } from '../../src/convert/models/clip.ts';
import { weightFinder } from '../../src/convert/weights.ts';
import { goldenTensors } from '../support/checkpoints.ts';
import { maxDifference, openGraph, type RunGraph } from '../support/onnx.ts';
import { type Golden, readGolden } from '../support/safetensors.ts';

const SIZE = 48;

async function towers(checkpoint: string, weightType: 'fp32' | 'fp16') {
  const tensors = await goldenTensors(checkpoint);
  const clip = clipShape(tensors);
  return {
    text: await openGraph(await textEncoder(weightFinder(tensors), clip, weightType)),
    image: await openGraph(imageEncoder(weightFinder(tensors), clip, weightType)),
  };
}

async function textEmbeddings(encode: RunGraph, golden: Golden): Promise<ArrayLike<number>> {
  const ids = Int32Array.from(golden.numbers('token_ids'));
  const { embedding } = await encode({ ids: { data: ids, shape: golden.tensor('token_ids').shape } });
  expect(embedding.shape).toEqual([ids.length / 77, SIZE]);
  return embedding.data;
}

/** Cosine of each row of a with each row of b. */
function cosines(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  const rows = (values: ArrayLike<number>) =>
    Array.from({ length: values.length / SIZE }, (_, row) =>
      Array.prototype.slice.call(values, row * SIZE, (row + 1) * SIZE),
    );
  const dot = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  return rows(a).flatMap((x) => rows(b).map((y) => dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y))));
}

describe('two heads, fp32', () => {
  const golden = readGolden('clip/small_2head.safetensors');
  let text: ArrayLike<number>;
  let image: ArrayLike<number>;
  beforeAll(async () => {
    const encode = await towers('clip_small_2head.pt', 'fp32');
    text = await textEmbeddings(encode.text, golden);
    const { embedding } = await encode.image({
      image: { data: Float32Array.from(golden.numbers('pixels')), shape: [3, 3, 32, 32] },
    });
    image = embedding.data;
  });

  test('texts: padding, cut-off, a second end token', () => {
    expect(maxDifference(text, golden.numbers('text_embed_normalised'))).toBeLessThan(1e-5);
  });
  test('pictures', () => {
    expect(maxDifference(image, golden.numbers('image_embed_normalised'))).toBeLessThan(1e-5);
  });
  test('cosines', () => {
    expect(maxDifference(cosines(text, image), golden.numbers('cosine_text_x_image'))).toBeLessThan(1e-5);
  });
});

describe('the whole vocabulary', () => {
  const golden = readGolden('clip/tiny_vocab49408.safetensors');

  test('texts, fp32', async () => {
    const { text } = await towers('clip_tiny_vocab49408.pt.gz', 'fp32');
    const found = await textEmbeddings(text, golden);
    expect(maxDifference(found, golden.numbers('text_embed_normalised'))).toBeLessThan(1e-5);
  });

  test('texts, fp16 with int8 token embeddings: nearly the same direction', async () => {
    const { text } = await towers('clip_tiny_vocab49408.pt.gz', 'fp16');
    const found = await textEmbeddings(text, golden);
    const all = cosines(found, golden.numbers('text_embed_normalised'));
    for (let row = 0; row < 7; row++) expect(all[row * 7 + row]).toBeGreaterThan(0.9998);
  });
});

test('pictures, fp16', async () => {
  const golden = readGolden('clip/small_2head.safetensors');
  const { image } = await towers('clip_small_2head.pt', 'fp16');
  const pixels = Float32Array.from(golden.numbers('pixels'));
  const { embedding } = await image({ image: { data: pixels, shape: [3, 3, 32, 32] } });
  expect(maxDifference(embedding.data, golden.numbers('image_embed_normalised'))).toBeLessThan(5e-4);
});

test('a quantised row is within half a scale, and a row of zeros stays zero', async () => {
  const values = Float32Array.of(0.5, -2.54, 1.001, 0, 0, 0);
  const { codes, scales } = quantised({ shape: [2, 3], load: async () => values }, 'first');
  const rows = new Int8Array((await codes.load()).buffer);
  const [first, second] = await scales.load();
  expect(first).toBeCloseTo(0.02, 8);
  expect(Array.from(rows)).toEqual([25, -127, 50, 0, 0, 0]);
  expect(second).toBeGreaterThan(0);
});
