// What a score depends on, by hiding one part of a picture after the other: the usual way, against which `npm run mend` holds
// the denoiser's own.
import type { Size } from '../engine/clipImage.ts';
import type { Pixels } from '../types.ts';

interface Grid {
  readonly rows: number;
  readonly columns: number;
}

/** Windows are a quarter of a side, and half a window apart: 49 of them on any grid of 8 tokens a side or more. */
const PER_SIDE = 4;

/** Overlapping squares of tokens that cover the grid, each the positions within it. */
export function windowsOf({ rows, columns }: Grid): number[][] {
  const spans = (count: number): [from: number, to: number][] => {
    const size = Math.max(1, Math.round(count / PER_SIDE));
    const step = Math.max(1, Math.floor(size / 2));
    const starts = Array.from({ length: Math.floor((count - size) / step) + 1 }, (_, i) => i * step);
    if (starts.at(-1)! + size < count) starts.push(count - size);
    return starts.map((from) => [from, from + size]);
  };
  return spans(rows).flatMap(([top, bottom]) =>
    spans(columns).map(([left, right]) => {
      const inside: number[] = [];
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) inside.push(row * columns + column);
      }
      return inside;
    }),
  );
}

/** The mean of the windows over each token. @param values one for each window. @returns [positions] */
export function spread(
  windows: readonly (readonly number[])[],
  values: ArrayLike<number>,
  positions: number,
) {
  const sums = new Float64Array(positions);
  const counts = new Float64Array(positions);
  for (const [i, inside] of windows.entries()) {
    for (const position of inside) {
      sums[position] += values[i];
      counts[position]++;
    }
  }
  return sums.map((sum, i) => (counts[i] ? sum / counts[i] : 0));
}

/** A copy in which these tokens have the mean colour of those around them, or of all where none is left. */
export function withHidden(
  pixels: Pixels,
  covered: readonly number[],
  { rows, columns }: { readonly rows: number; readonly columns: number },
  { width, height }: Size,
): Pixels {
  const isCovered = new Uint8Array(rows * columns);
  for (const token of covered) isCovered[token] = 1;
  const isBeside = new Uint8Array(rows * columns);
  for (const token of covered) {
    const row = Math.floor(token / columns);
    const column = token % columns;
    for (let r = Math.max(0, row - 1); r <= Math.min(rows - 1, row + 1); r++) {
      for (let c = Math.max(0, column - 1); c <= Math.min(columns - 1, column + 1); c++) {
        if (!isCovered[r * columns + c]) isBeside[r * columns + c] = 1;
      }
    }
  }
  const counts = isBeside.includes(1) ? isBeside : isBeside.fill(1);
  const area = width * height;
  const tokenOf = (i: number) =>
    Math.floor((Math.floor(i / width) * rows) / height) * columns +
    Math.floor(((i % width) * columns) / width);
  const out = pixels.slice() as Pixels;
  for (let plane = 0; plane < 3; plane++) {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < area; i++) {
      if (!counts[tokenOf(i)]) continue;
      sum += pixels[plane * area + i];
      count++;
    }
    for (let i = 0; i < area; i++) if (isCovered[tokenOf(i)]) out[plane * area + i] = sum / count;
  }
  return out;
}
