// Where everything of a grid's one picture goes, in pixels.
import type { GridLabels } from './line.ts';

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export interface GridLayout {
  readonly width: number;
  readonly height: number;
  /** Of one picture as it is drawn. */
  readonly cell: { readonly width: number; readonly height: number };
  /** Top left corners, row by row. */
  readonly cells: readonly { readonly x: number; readonly y: number }[];
  /** From its left end, in the middle of its line. */
  readonly title: Place;
  readonly subtitle: Place;
  /** From their middle. */
  readonly columns: readonly Place[];
  /** From their right end, in the middle of their line. */
  readonly rows: readonly Place[];
}

/** Labels are legible from this width of a picture on. */
const leastCell = 192;
/** What every browser's canvas takes, and a person looks at; beyond it the pictures shrink. */
const mostSide = 8192;
const mostArea = 12e6;
const margin = 24;
const gap = 8;
const lineHeight = 28;
const widestLabel = 240;

/**
 * @param image size of one picture
 * @param widthOf of a text in the labels' type; titles are cut by it too
 */
export function layOutGrid(
  { columns, rows }: GridLabels,
  image: { readonly width: number; readonly height: number },
  { title, subtitle }: { readonly title: string; readonly subtitle: string },
  widthOf: (text: string) => number,
): GridLayout {
  const isLabelled = rows.some(Boolean);
  const labels = rows.map((text) => cutToFit(text, widestLabel, widthOf));
  const left = margin + (isLabelled ? Math.ceil(Math.max(...labels.map(widthOf))) + 2 * gap : 0);
  const top = margin + 3 * lineHeight + gap;
  const scale = scaleOf(image, columns.length, rows.length);
  const cell = {
    width: Math.max(1, Math.floor(image.width * scale)),
    height: Math.max(1, Math.floor(image.height * scale)),
  };
  const x = (column: number) => left + column * (cell.width + gap);
  const y = (row: number) => top + row * (cell.height + gap);
  const width = x(columns.length) - gap + margin;
  const line = (text: string, place: number): Place => ({
    x: margin,
    y: margin + (place + 0.5) * lineHeight,
    text: cutToFit(text, width - 2 * margin, widthOf),
  });
  return {
    width,
    height: y(rows.length) - gap + margin,
    cell,
    cells: rows.flatMap((_, row) => columns.map((_, column) => ({ x: x(column), y: y(row) }))),
    title: line(title, 0),
    subtitle: line(subtitle, 1),
    columns: columns.map((text, column) => ({
      x: x(column) + cell.width / 2,
      y: top - lineHeight / 2,
      text: cutToFit(text, cell.width, widthOf),
    })),
    rows: isLabelled
      ? labels.map((text, row) => ({ x: left - 2 * gap, y: y(row) + cell.height / 2, text }))
      : [],
  };
}

/** Whole times its size where it is small, and as much smaller as it takes where they are many. */
function scaleOf(image: { readonly width: number; readonly height: number }, columns: number, rows: number) {
  const wanted = Math.max(1, Math.ceil(leastCell / image.width));
  const room = (count: number) => mostSide - widestLabel - 200 - count * gap;
  return Math.min(
    wanted,
    room(columns) / columns / image.width,
    room(rows) / rows / image.height,
    Math.sqrt(mostArea / (columns * rows * image.width * image.height)),
  );
}

/** The text, or as much of its beginning as fits, and an ellipsis. */
export function cutToFit(text: string, width: number, widthOf: (text: string) => number): string {
  const whole = text.trim().replace(/\s+/g, ' ');
  if (widthOf(whole) <= width) return whole;
  const characters = [...whole];
  let [least, most] = [0, characters.length];
  const cut = (count: number) => `${characters.slice(0, count).join('').trimEnd()}…`;
  while (least < most) {
    const half = Math.ceil((least + most) / 2);
    if (widthOf(cut(half)) <= width) least = half;
    else most = half - 1;
  }
  return cut(least);
}
