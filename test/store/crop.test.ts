import { expect, it } from 'vitest';
import { cropAround, cropPlace } from '../../src/store/crop.ts';

const grid = { rows: 4, columns: 5 };

it('takes as many tokens at the edges as in the middle, and all where there are fewer', () => {
  expect(cropPlace(grid, 2 * 5 + 2, 1)).toEqual({ row: 1, column: 1, rows: 3, columns: 3 });
  expect(cropPlace(grid, 0, 1)).toEqual({ row: 0, column: 0, rows: 3, columns: 3 });
  expect(cropPlace(grid, 19, 1)).toEqual({ row: 1, column: 2, rows: 3, columns: 3 });
  expect(cropPlace(grid, 19, 9)).toEqual({ row: 0, column: 0, rows: 4, columns: 5 });
});

it('cuts whole tokens out of a picture', () => {
  // 2 x 2 pixels a token, each pixel with its token's number in red.
  const [width, height] = [10, 8];
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    data[4 * i] = Math.floor(Math.floor(i / width) / 2) * 5 + Math.floor((i % width) / 2);
  }
  const crop = cropAround({ width, height, data }, grid, 7, 1);
  expect([crop.width, crop.height]).toEqual([6, 6]);
  const reds = Array.from({ length: 36 }, (_, i) => crop.data[4 * i]);
  expect(reds.filter((_, i) => i % 2 === 0 && i % 12 < 6)).toEqual([1, 2, 3, 6, 7, 8, 11, 12, 13]);
});
