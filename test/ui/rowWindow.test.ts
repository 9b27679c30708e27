import { describe, expect, it } from 'vitest';
import { rowTops, windowOf } from '../../src/ui/gallery/rowWindow.ts';

const measures = { columns: 3, columnWidth: 100, rowGap: 20, captionHeight: 30 };
const square = { width: 64, height: 64 };
const tall = { width: 64, height: 128 };

describe('the rows of a grid', () => {
  it('are as high as their highest picture, with caption and gap', () => {
    const tops = rowTops([square, square, square, square, tall, square, square], measures);
    expect(tops).toEqual([0, 150, 400, 550]);
    expect(rowTops([], measures)).toEqual([0]);
  });

  const tops = rowTops(
    Array.from({ length: 10 }, () => square),
    measures,
  );
  it.each([
    ['above all', -500, -100, 0, 3],
    ['the first', -500, 150, 0, 3],
    ['across two', 140, 160, 0, 6],
    ['exactly one', 150, 300, 3, 6],
    ['the last, which is not full', 460, 900, 9, 10],
    ['below all', 5000, 6000, 9, 10],
  ])('are drawn that a stretch touches: %s', (_, top, bottom, from, to) => {
    expect(windowOf(tops, 10, measures, top, bottom)).toMatchObject({ from, to });
  });

  it('leave their room when they are not drawn', () => {
    const height = 4 * 150 - measures.rowGap;
    for (let top = -400; top < 900; top += 7) {
      const { from, to, above, below } = windowOf(tops, 10, measures, top, top + 200);
      const drawn = Math.ceil((to - from) / 3) * 150 - measures.rowGap;
      expect(above + drawn + below).toBe(height);
    }
  });
});
