// From what hiding parts of a picture does to a score, to the tokens that it depends on most.

interface Grid {
  readonly rows: number;
  readonly columns: number;
}

/** How much of a picture is mended. */
export const REGION_SHARE = 0.25;
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

/**
 * The largest values of a grid, as many as asked for, after each was averaged with its eight neighbours: tokens that stand
 * alone are noise, and a region that hangs together is drawn as one.
 * @returns [positions]
 */
export function regionOf(values: ArrayLike<number>, { rows, columns }: Grid, count: number): boolean[] {
  const smooth = Array.from({ length: rows * columns }, (_, i) => {
    const row = Math.floor(i / columns);
    const column = i % columns;
    let sum = 0;
    let weight = 0;
    for (let r = Math.max(0, row - 1); r <= Math.min(rows - 1, row + 1); r++) {
      for (let c = Math.max(0, column - 1); c <= Math.min(columns - 1, column + 1); c++) {
        sum += values[r * columns + c];
        weight++;
      }
    }
    return sum / weight;
  });
  const order = smooth.map((value, i) => ({ value, i })).sort((a, b) => b.value - a.value || a.i - b.i);
  const chosen = new Set(order.slice(0, Math.max(1, Math.round(count))).map(({ i }) => i));
  return smooth.map((_, i) => chosen.has(i));
}
