// A run's grid as one picture, with its labels, for a file.
import { layOutGrid, type Place } from '../../store/gridLayout.ts';
import { cellOf, type Run, titleOf } from '../../store/run.ts';
import type { RgbaImage } from '../../types.ts';
import { sharedSettingsInWords } from '../kit/words.ts';

const type = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
const labelFont = `500 16px ${type}`;
/** Paper and ink of the light page: a file has no dark mode. */
const colours = { paper: '#ffffff', ink: '#15201b', soft: '#52605a', sunk: '#e7ece8' };

/** Nothing where a cell is not made. */
export function drawGrid(run: Run): RgbaImage {
  const { grid, model, recipes } = run;
  if (!grid) throw new RangeError('This run is no grid.');
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('The browser gives no canvas to draw the grid on.');
  context.font = labelFont;
  const texts = {
    title: titleOf(run),
    subtitle: [model.name, sharedSettingsInWords(recipes)].filter(Boolean).join(' · '),
  };
  const layout = layOutGrid(grid, model.image, texts, (text) => context.measureText(text).width);
  const { width, height, cell, cells, title, subtitle, columns, rows } = layout;
  Object.assign(canvas, { width, height });
  // Setting the size puts everything back.
  context.fillStyle = colours.paper;
  context.fillRect(0, 0, width, height);
  context.font = labelFont;
  context.textBaseline = 'middle';
  const write = (align: CanvasTextAlign, colour: string, places: readonly Place[]) => {
    context.textAlign = align;
    context.fillStyle = colour;
    for (const { text, x, y } of places) context.fillText(text, x, y);
  };
  write('left', colours.ink, [title]);
  write('left', colours.soft, [subtitle]);
  write('center', colours.ink, columns);
  write('right', colours.ink, rows);
  for (const [index, { x, y }] of cells.entries()) {
    const image = cellOf(run, index)?.picture?.image;
    if (image) context.drawImage(canvasOf(image), x, y, cell.width, cell.height);
    else {
      context.fillStyle = colours.sunk;
      context.fillRect(x, y, cell.width, cell.height);
    }
  }
  return context.getImageData(0, 0, width, height);
}

function canvasOf({ width, height, data }: RgbaImage): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  canvas.getContext('2d')?.putImageData(new ImageData(data, width, height), 0, 0);
  return canvas;
}
