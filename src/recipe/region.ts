// From a value for each token to the part of a picture that is to be drawn again.

interface Grid {
  readonly rows: number;
  readonly columns: number;
}

/** How much of a picture is mended. */
export const REGION_SHARE = 0.3;
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
