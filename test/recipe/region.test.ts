// Where a score comes from: windows over the token grid, and the region of the largest values.
import { describe, expect, it } from 'vitest';
import { regionOf, spread, windowsOf } from '../../src/recipe/region.ts';

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

describe('a region', () => {
  const grid = { rows: 5, columns: 5 };
  const placesOf = (chosen: readonly boolean[]) => chosen.flatMap((is, i) => (is ? i : []));

  it('is where the largest values lie together, not where one stands alone', () => {
    const values = Array<number>(25).fill(0);
    values[0] = 5;
    for (const i of [12, 13, 17, 18]) values[i] = 3;
    expect(placesOf(regionOf(values, grid, 4))).toEqual([12, 13, 17, 18]);
  });

  it('has the size that is asked for, the first ones where all are alike, and one token at least', () => {
    const alike = Array<number>(25).fill(1);
    expect(placesOf(regionOf(alike, grid, 3))).toEqual([0, 1, 2]);
    expect(placesOf(regionOf(alike, grid, 0.2))).toEqual([0]);
  });
});
