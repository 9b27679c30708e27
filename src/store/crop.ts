import type { RgbaImage } from '../types.ts';

export interface Grid {
  readonly rows: number;
  readonly columns: number;
}

/** The first row and column of tokens that cropAround() takes, and how many of each. */
export function cropPlace({ rows, columns }: Grid, position: number, around: number) {
  const size = { rows: Math.min(rows, 2 * around + 1), columns: Math.min(columns, 2 * around + 1) };
  const within = (first: number, most: number) => Math.min(Math.max(first, 0), most);
  return {
    row: within(Math.floor(position / columns) - around, rows - size.rows),
    column: within((position % columns) - around, columns - size.columns),
    ...size,
  };
}

/** The tokens within `around` of one, cut out of a picture; as many at its edges. */
export function cropAround(image: RgbaImage, grid: Grid, position: number, around: number): RgbaImage {
  const place = cropPlace(grid, position, around);
  const [across, down] = [image.width / grid.columns, image.height / grid.rows];
  const width = place.columns * across;
  const height = place.rows * down;
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) {
    const begin = 4 * ((place.row * down + y) * image.width + place.column * across);
    data.set(image.data.subarray(begin, begin + 4 * width), 4 * y * width);
  }
  return { width, height, data };
}
