import { describe, expect, it } from 'vitest';
import { imageEncoder } from '../../src/convert/graphs/imageEncoder.ts';
import { clipShape } from '../../src/convert/models/clip.ts';
import { weightFinder } from '../../src/convert/weights.ts';
import { clipInput, resizeBilinear } from '../../src/engine/clipImage.ts';
import { fromRgba, toRgba } from '../../src/engine/rgba.ts';
import type { Pixels } from '../../src/types.ts';
import { goldenTensors } from '../support/checkpoints.ts';
import { maxAbsDifference } from '../support/compare.ts';
import { openGraph } from '../support/onnx.ts';
import { readGolden } from '../support/safetensors.ts';

const clip = readGolden('clip/tiny_vocab49408.safetensors');

/** Rows of planes [3, side, side], as the golden files keep only some. */
function rowsOf(planes: Float32Array, side: number, rows: ArrayLike<number | bigint>): number[] {
  return [0, 1, 2].flatMap((channel) =>
    Array.from(rows, Number).flatMap((row) => [
      ...planes.subarray((channel * side + row) * side, (channel * side + row + 1) * side),
    ]),
  );
}

describe('resize', () => {
  it('is torchvision’s bilinear one without antialiasing, enlarging 12 to 224', () => {
    const image = Float32Array.from(
      clip.tensor('image_0_255').data.subarray(0, 3 * 144) as Float32Array,
      (v) => v / 255,
    );
    const size = { width: 12, height: 12 };
    const actual = rowsOf(
      resizeBilinear(image, size, 224),
      224,
      clip.tensor('resized_rows_index').data as Int32Array,
    );
    expect(maxAbsDifference(actual, clip.numbers('resized_rows_image0'))).toBeLessThan(3e-7);
    const prepared = rowsOf(clipInput(image as Pixels, size, 224), 224, [0, 111, 223]);
    expect(maxAbsDifference(prepared, clip.numbers('preprocessed_rows_image0'))).toBeLessThan(1.2e-6);
  });

  it('and shrinking 256 to 224, for what CLIP sees as well', async () => {
    const image = new Float32Array(3 * 256 * 256);
    for (let c = 0, i = 0; c < 3; c++)
      for (let y = 0; y < 256; y++)
        for (let x = 0; x < 256; x++, i++)
          image[i] = ((x * (5 + c) + y * (11 - 2 * c) + 29 * c + ((x * y) % 17) * 5) % 256) / 255;
    const rows = clip.tensor('resize256_rows_index').data as Int32Array;
    const size = { width: 256, height: 256 };
    const actual = rowsOf(resizeBilinear(image, size, 224), 224, rows);
    // torch finds the places in float32, 1e-5 of a pixel off where neighbours differ most.
    expect(maxAbsDifference(actual, clip.numbers('resize256_to_224_rows'))).toBeLessThan(2e-5);

    const tensors = await goldenTensors('clip_tiny_vocab49408.pt.gz');
    const encode = await openGraph(imageEncoder(weightFinder(tensors), clipShape(tensors), 'fp32'));
    const { embedding } = await encode({
      image: { data: clipInput(image as Pixels, size, 224), shape: [1, 3, 224, 224] },
    });
    const raw = clip.numbers('image_embed_raw_of_256_formula_image');
    const length = Math.hypot(...raw);
    expect(
      maxAbsDifference(
        embedding.data,
        raw.map((value) => value / length),
      ),
    ).toBeLessThan(7e-6);
  });
});

describe('toRgba', () => {
  it('gives the bytes that the authors’ demo saves', () => {
    const golden = readGolden('vqgan/decode.safetensors');
    const image = golden.numbers('image');
    const expected = golden.tensor('pil_uint8_HWC').data as Uint8Array;
    const area = 144;
    for (let n = 0; n < 4; n++) {
      const pixels = Float32Array.from(
        image.subarray(n * 3 * area, (n + 1) * 3 * area),
        (v) => v / 255,
      ) as Pixels;
      const { data } = toRgba(pixels, { width: 12, height: 12 });
      for (let i = 0; i < area; i++) {
        expect(data[i * 4 + 3]).toBe(255);
        for (let c = 0; c < 3; c++) {
          const value = image[(n * 3 + c) * area + i];
          // A value this close to a whole number may fall to either side.
          if (Math.abs(value - Math.round(value)) < 1e-3) continue;
          if (data[i * 4 + c] !== expected[(n * area + i) * 3 + c])
            expect.fail(`picture ${n}, pixel ${i}, channel ${c}`);
        }
      }
    }
  });
});

describe('fromRgba', () => {
  it('gives planes of 0 to 1, for the encoder', () => {
    const data = Uint8ClampedArray.of(0, 51, 255, 9, 128, 254, 1, 9);
    const planes = [0, 128 / 255, 0.2, 254 / 255, 1, 1 / 255];
    for (const [width, height] of [
      [2, 1],
      [1, 2],
    ]) {
      expect([...fromRgba({ width, height, data })]).toEqual(planes.map(Math.fround));
    }
  });
});
