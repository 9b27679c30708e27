// The part of a picture with the largest values.
import { describe, expect, it } from 'vitest';
import { regionOf } from '../../src/recipe/region.ts';

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
