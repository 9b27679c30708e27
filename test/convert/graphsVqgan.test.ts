// Decoder and encoder against the authors' pictures and codes (test/golden/vqgan/README.md).
import { beforeAll, describe, expect, test } from 'vitest';
import { decoder } from '../../src/convert/graphs/decoder.ts';
import { encoder } from '../../src/convert/graphs/encoder.ts';
import { vqganShape } from '../../src/convert/models/vqgan.ts';
import { weightFinder } from '../../src/convert/weights.ts';
import { goldenTensors } from '../support/checkpoints.ts';
import { maxDifference, openGraph, type RunGraph } from '../support/onnx.ts';
import { readGolden } from '../support/safetensors.ts';

const grid = { rows: 6, columns: 6 };

describe.each([
  // Of 255, twice what was measured.
  ['fp32', 1e-3],
  ['fp16', 0.5],
] as const)('VQGAN, %s', (weightType, tolerance) => {
  let decode: RunGraph;
  let encode: RunGraph;
  beforeAll(async () => {
    const tensors = await goldenTensors('vqgan_tiny.ckpt');
    const shape = vqganShape(tensors);
    decode = await openGraph(decoder(weightFinder(tensors), shape, grid, weightType));
    encode = await openGraph(encoder(weightFinder(tensors), shape, grid, weightType));
  });

  test('tokens to pictures', async () => {
    const golden = readGolden('vqgan/decode.safetensors');
    const { image } = await decode({
      tokens: { data: Int32Array.from(golden.numbers('tokens')), shape: [4, 36] },
    });
    expect(image.shape).toEqual([4, 3, 12, 12]);
    const bytes = Array.from(image.data, (value) => value * 255);
    expect(maxDifference(bytes, golden.numbers('image'))).toBeLessThan(tolerance);
    // 8 % of the values lie beyond the range before the clamp.
    expect([Math.min(...image.data), Math.max(...image.data)]).toEqual([0, 1]);
  });

  test('tokens of a picture back to it', async () => {
    const golden = readGolden('vqgan/encode.safetensors');
    const tokens = Int32Array.from(golden.numbers('tokens_gumbel_prng'));
    const { image } = await decode({ tokens: { data: tokens, shape: [3, 36] } });
    const bytes = Array.from(image.data, (value) => value * 255);
    const expected = golden.numbers('reconstruction_from_gumbel_tokens');
    expect(maxDifference(bytes, expected)).toBeLessThan(tolerance);
  });

  test('pictures to tokens', async () => {
    const golden = readGolden('vqgan/encode.safetensors');
    const { tokens } = await encode({
      image: {
        data: Float32Array.from(golden.numbers('image'), (value) => value / 255),
        shape: [3, 3, 12, 12],
      },
    });
    expect(tokens.shape).toEqual([3, 36]);
    expect(Array.from(tokens.data)).toEqual(Array.from(golden.numbers('tokens_argmax_no_noise')));
  });
});

test('other groups of the norms, against PyTorch’s GroupNorm', async () => {
  const tensors = await goldenTensors('vqgan_tiny.ckpt');
  const shape = vqganShape(tensors, 8);
  const golden = readGolden('vqgan/norm_groups_8.safetensors');
  const decode = await openGraph(decoder(weightFinder(tensors), shape, grid, 'fp32'));
  const given = readGolden('vqgan/decode.safetensors').numbers('tokens');
  const { image } = await decode({ tokens: { data: Int32Array.from(given), shape: [4, 36] } });
  const bytes = Array.from(image.data, (value) => value * 255);
  expect(maxDifference(bytes, golden.numbers('image'))).toBeLessThan(8e-4);

  const encode = await openGraph(encoder(weightFinder(tensors), shape, grid, 'fp32'));
  const pictures = readGolden('vqgan/encode.safetensors').numbers('image');
  const { tokens } = await encode({
    image: { data: Float32Array.from(pictures, (value) => value / 255), shape: [3, 3, 12, 12] },
  });
  expect(Array.from(tokens.data)).toEqual(Array.from(golden.numbers('tokens')));
});
