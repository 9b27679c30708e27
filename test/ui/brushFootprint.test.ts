import { describe, expect, it } from 'vitest';
import { footprint, middleOf, outline, stroke, tokenAt } from '../../src/ui/brush/footprint.ts';
import { mulberry32 } from '../support/mulberry32.ts';

const grid = { rows: 6, columns: 8 };
/** Rows of the grid, with # where a token is under the brush. */
const drawn = (tokens: readonly number[]) =>
  Array.from({ length: grid.rows }, (_, row) =>
    Array.from({ length: grid.columns }, (_, column) =>
      tokens.includes(row * grid.columns + column) ? '#' : '.',
    ).join(''),
  );

describe('a brush on the grid', () => {
  it('is round in whole tokens', () => {
    expect(drawn(footprint({ x: 3.4, y: 2.9 }, 5, grid))).toEqual([
      '..###...',
      '.#####..',
      '.#####..',
      '.#####..',
      '..###...',
      '........',
    ]);
    // An even one stands on a corner.
    expect(drawn(footprint({ x: 3.4, y: 2.9 }, 4, grid))).toEqual([
      '........',
      '..##....',
      '.####...',
      '.####...',
      '..##....',
      '........',
    ]);
    expect(drawn(footprint({ x: 3.4, y: 2.9 }, 3, grid)).join('')).toMatch(
      /^\.{8}\.\.###\.\.\.(\.\.###\.\.\.){2}\.{16}$/,
    );
  });

  it('of width 1 is the token that the pointer is on, wherever on it', () => {
    const draw = mulberry32(3);
    for (let i = 0; i < 300; i++) {
      const place = { x: draw() * grid.columns, y: draw() * grid.rows };
      expect(footprint(place, 1, grid)).toEqual([tokenAt(place, grid)]);
    }
  });

  it('has one form for each width, and ends at the edge', () => {
    const draw = mulberry32(4);
    for (const size of [1, 2, 3, 4, 5]) {
      const inside = new Set<number>();
      for (let i = 0; i < 100; i++) {
        const place = { x: 3 + draw() * 2, y: 2.6 + draw() * 0.8 };
        inside.add(footprint(place, size, grid).length);
      }
      expect([...inside], `width ${size}`).toEqual([[1, 4, 9, 12, 21][size - 1]]);
    }
    expect(footprint({ x: 0, y: 0 }, 3, grid)).toEqual([0, 1, 8, 9]);
    expect(footprint({ x: 7.9, y: 5.9 }, 3, grid)).toEqual([38, 39, 46, 47]);
    expect(footprint({ x: -9, y: 3 }, 3, grid)).toEqual([]);
  });

  it('leaves no gap on a quick stroke, and passes each token once', () => {
    const passed = stroke({ x: 0.5, y: 0.5 }, { x: 7.5, y: 5.5 }, 1, grid);
    expect(new Set(passed).size).toBe(passed.length);
    expect(passed[0]).toBe(0);
    expect(passed.at(-1)).toBe(47);
    for (const [i, token] of passed.entries()) {
      if (!i) continue;
      const [one, other] = [middleOf(passed[i - 1], grid), middleOf(token, grid)];
      expect(Math.max(Math.abs(one.x - other.x), Math.abs(one.y - other.y))).toBe(1);
    }
    expect(stroke({ x: 2.5, y: 2.5 }, { x: 2.5, y: 2.5 }, 1, grid)).toEqual([18]);
  });
});

describe('the outline', () => {
  it('runs between chosen and kept tokens, and along the edge', () => {
    const chosen = Array(48).fill(false).with(0, true).with(1, true);
    const lines = outline(chosen, grid).match(/M\d+ \d+[hv]1/g);
    expect(lines?.sort()).toEqual(['M0 0h1', 'M0 0v1', 'M0 1h1', 'M1 0h1', 'M1 1h1', 'M2 0v1']);
    expect(outline(Array(48).fill(true), grid).match(/M/g)).toHaveLength(2 * (6 + 8));
    expect(outline(Array(48).fill(false), grid)).toBe('');
  });
});
