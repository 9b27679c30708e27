import { describe, expect, it } from 'vitest';
import { cutToFit, layOutGrid } from '../../src/store/gridLayout.ts';

const widthOf = (text: string) => 10 * [...text].length;
const texts = { title: 'a smiling woman', subtitle: 'Micro' };
const names = (count: number) => Array.from({ length: count }, (_, i) => `value ${i}`);

describe('the picture of a grid', () => {
  it('has room for every cell and label, and none upon another', () => {
    const grid = { columns: names(3), rows: ['short', 'a label that is much too long for its place'] };
    const layout = layOutGrid(grid, { width: 256, height: 128 }, texts, widthOf);
    const { width, height, cell, cells, columns, rows, title } = layout;
    expect(cell).toEqual({ width: 256, height: 128 });
    expect(cells).toHaveLength(6);
    const [first, second] = cells;
    expect(second.x).toBeGreaterThan(first.x + cell.width);
    expect(cells[3].y).toBeGreaterThan(first.y + cell.height);
    expect(cells[5].x + cell.width).toBeLessThan(width);
    expect(cells[5].y + cell.height).toBeLessThan(height);
    for (const { x, text } of rows) {
      expect(x).toBeLessThan(first.x);
      expect(x - widthOf(text)).toBeGreaterThan(0);
    }
    expect(rows[1].text).toBe('a label that is much to…');
    expect(columns.map(({ x }) => x)).toEqual([0, 1, 2].map((i) => cells[i].x + cell.width / 2));
    expect(title.y).toBeLessThan(columns[0].y);
    expect(columns[0].y).toBeLessThan(first.y);
  });

  it('shows small pictures larger, and very many smaller', () => {
    const one = layOutGrid({ columns: ['a'], rows: [''] }, { width: 128, height: 128 }, texts, widthOf);
    expect(one.cell.width).toBe(256);
    expect(one.rows).toEqual([]);
    for (const [columns, rows] of [
      [16, 16],
      [256, 1],
      [1, 256],
    ]) {
      const { width, height } = layOutGrid(
        { columns: names(columns), rows: names(rows) },
        { width: 512, height: 512 },
        texts,
        widthOf,
      );
      expect(Math.max(width, height)).toBeLessThanOrEqual(8192);
      expect(width * height).toBeLessThanOrEqual(16e6);
    }
  });

  it('cuts what does not fit, by whole characters', () => {
    expect(cutToFit('  two\n words ', 90, widthOf)).toBe('two words');
    expect(cutToFit('two words', 80, widthOf)).toBe('two wor…');
    expect(cutToFit('two words', 50, widthOf)).toBe('two…');
    expect(cutToFit('👩👩👩', 20, widthOf)).toBe('👩…');
    expect(cutToFit('wide', 5, widthOf)).toBe('…');
  });
});
