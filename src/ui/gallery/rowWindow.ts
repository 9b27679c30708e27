// Which of a thousand tiles are drawn: those on the screen, and a screen's height above and below it.

interface Size {
  readonly width: number;
  readonly height: number;
}

/** How a grid lies, in CSS pixels. */
export interface GridMeasures {
  readonly columns: number;
  readonly columnWidth: number;
  readonly rowGap: number;
  /** Of a tile without its picture. */
  readonly captionHeight: number;
}

/** What is drawn of a grid, and the room of what is not. */
export interface RowWindow {
  /** The first picture, and the one behind the last. */
  readonly from: number;
  readonly to: number;
  /** In CSS pixels. */
  readonly above: number;
  readonly below: number;
}

/** Where each row begins, and at last where one more would. [rows + 1], in CSS pixels */
export function rowTops(sizes: readonly Size[], measures: GridMeasures): number[] {
  const { columns, columnWidth, rowGap, captionHeight } = measures;
  const tops = [0];
  for (let first = 0; first < sizes.length; first += columns) {
    const shapes = sizes.slice(first, first + columns).map(({ width, height }) => height / width);
    tops.push((tops.at(-1) ?? 0) + Math.max(...shapes) * columnWidth + captionHeight + rowGap);
  }
  return tops;
}

/**
 * The rows that touch a stretch of the grid, at least one.
 * @param tops as of rowTops
 * @param top of the stretch, in CSS pixels from the grid's top
 */
export function windowOf(
  tops: readonly number[],
  count: number,
  { columns }: Pick<GridMeasures, 'columns'>,
  top: number,
  bottom: number,
): RowWindow {
  const rows = tops.length - 1;
  let first = 0;
  while (first < rows - 1 && tops[first + 1] <= top) first++;
  let end = first + 1;
  while (end < rows && tops[end] < bottom) end++;
  return {
    from: first * columns,
    to: Math.min(count, end * columns),
    above: tops[first],
    below: tops[rows] - tops[end],
  };
}
