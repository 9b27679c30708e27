// Hiding parts of a picture, to see what a score depends on.
import { describe, expect, it } from 'vitest';
import { spread, windowsOf, withHidden } from '../../src/cli/occlusion.ts';
import type { Pixels } from '../../src/types.ts';

describe('what is hidden', () => {
  // Two by two tokens of 2 x 2 pixels; each token has one value, in three planes.
  const grid = { rows: 2, columns: 2 };
  const size = { width: 4, height: 4 };
  const values = [0.1, 0.2, 0.4, 0.8];
  const planes = Array.from({ length: 48 }, (_, i) => {
    const [x, y] = [i % 4, Math.floor((i % 16) / 4)];
    return values[2 * Math.floor(y / 2) + Math.floor(x / 2)] / (1 + Math.floor(i / 16));
  });
  const pixels = Float32Array.from(planes) as Pixels;
  const valueAt = (out: Pixels, plane: number, x: number, y: number) => out[16 * plane + 4 * y + x];

  it('has the mean colour of the tokens around it, and all else stays', () => {
    const out = withHidden(pixels, [3], grid, size);
    for (const plane of [0, 1, 2]) {
      expect(valueAt(out, plane, 2, 2)).toBeCloseTo(0.7 / 3 / (1 + plane), 6);
      expect(valueAt(out, plane, 3, 3)).toBeCloseTo(0.7 / 3 / (1 + plane), 6);
    }
    const kept = (i: number) => i % 4 < 2 || Math.floor((i % 16) / 4) < 2;
    expect([...out].filter((_, i) => kept(i))).toEqual([...pixels].filter((_, i) => kept(i)));
    expect(pixels[15]).toBe(Math.fround(0.8));
  });

  it('has that of the whole where nothing is left around it', () => {
    const out = withHidden(pixels, [0, 1, 2, 3], grid, size);
    expect(new Set(out.subarray(0, 16)).size).toBe(1);
    expect(out[0]).toBeCloseTo(1.5 / 4, 6);
  });
});

describe('windows', () => {
  it.each([
    [{ rows: 16, columns: 16 }, 49, 16],
    [{ rows: 6, columns: 6 }, 25, 4],
    [{ rows: 2, columns: 2 }, 4, 1],
    [{ rows: 1, columns: 1 }, 1, 1],
    [{ rows: 32, columns: 8 }, 49, 16],
    [{ rows: 13, columns: 5 }, 55, 3],
  ])('cover %o with %i squares of %i tokens', (grid, count, size) => {
    const windows = windowsOf(grid);
    expect(windows).toHaveLength(count);
    for (const inside of windows) expect(inside).toHaveLength(size);
    expect(new Set(windows.flat()).size).toBe(grid.rows * grid.columns);
  });

  it('give each token the mean of those that it lies in', () => {
    expect([
      ...spread(
        [
          [0, 1],
          [1, 2],
        ],
        [1, 4],
        4,
      ),
    ]).toEqual([1, 2.5, 4, 0]);
  });
});
