// Where a round brush stands on the token grid: always on whole tokens, and in the same form wherever it is.

export interface Grid {
  readonly rows: number;
  readonly columns: number;
}

/** A place on the grid, in tokens from its upper left corner: 0.5, 0.5 is the middle of the first token. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** The middle of a token. */
export function middleOf(position: number, { columns }: Grid): Place {
  return { x: (position % columns) + 0.5, y: Math.floor(position / columns) + 0.5 };
}

/** The token at a place, the nearest one where it lies outside. */
export function tokenAt({ x, y }: Place, { rows, columns }: Grid): number {
  const within = (value: number, most: number) => Math.max(0, Math.min(most - 1, Math.floor(value)));
  return within(y, rows) * columns + within(x, columns);
}

/**
 * The tokens under a brush that is so many tokens wide. An odd one snaps to the middle of a token, an even one to the
 * nearest corner between four: so one of 1 is the token itself, 2 a square of four, 3 one of nine, and larger ones round.
 * @param size from 1
 */
export function footprint({ x, y }: Place, size: number, grid: Grid): number[] {
  const snap = (value: number) => (size % 2 ? Math.floor(value) + 0.5 : Math.round(value));
  const middle = { x: snap(x), y: snap(y) };
  const radius = size / 2;
  const tokens: number[] = [];
  for (let row = Math.floor(middle.y - radius); row < middle.y + radius; row++) {
    for (let column = Math.floor(middle.x - radius); column < middle.x + radius; column++) {
      if (row < 0 || row >= grid.rows || column < 0 || column >= grid.columns) continue;
      const away = Math.hypot(column + 0.5 - middle.x, row + 0.5 - middle.y);
      if (away <= radius) tokens.push(row * grid.columns + column);
    }
  }
  return tokens;
}

/** The tokens that a brush passes on a straight way: a quick pointer tells of few places. Each once. */
export function stroke(from: Place, to: Place, size: number, grid: Grid): number[] {
  const parts = Math.max(1, Math.ceil(2 * Math.hypot(to.x - from.x, to.y - from.y)));
  const passed = new Set<number>();
  for (let part = 0; part <= parts; part++) {
    const at = part / parts;
    const place = { x: from.x + at * (to.x - from.x), y: from.y + at * (to.y - from.y) };
    for (const token of footprint(place, size, grid)) passed.add(token);
  }
  return [...passed];
}

/** The outline of chosen tokens as an SVG path, in tokens: a line wherever a chosen one meets one that is not. */
export function outline(chosen: readonly boolean[], { rows, columns }: Grid): string {
  const is = (row: number, column: number) =>
    row >= 0 && row < rows && column >= 0 && column < columns && chosen[row * columns + column];
  let path = '';
  for (let row = 0; row <= rows; row++) {
    for (let column = 0; column <= columns; column++) {
      if (is(row, column) !== is(row - 1, column)) path += `M${column} ${row}h1`;
      if (is(row, column) !== is(row, column - 1)) path += `M${column} ${row}v1`;
    }
  }
  return path;
}
