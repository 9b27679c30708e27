// From pointers and keys to places on a grid of tokens.
import type { PointerEvent } from 'react';

export interface Grid {
  readonly rows: number;
  readonly columns: number;
}

/** The position under a pointer, on the element that hears of it. */
export function placeOnGrid(
  { currentTarget, clientX, clientY }: Pick<PointerEvent, 'currentTarget' | 'clientX' | 'clientY'>,
  { rows, columns }: Grid,
): number {
  const { left, top, width, height } = currentTarget.getBoundingClientRect();
  const place = (share: number, count: number) => Math.min(count - 1, Math.max(0, Math.floor(share * count)));
  return place((clientY - top) / height, rows) * columns + place((clientX - left) / width, columns);
}

/** Where a key leads; null for one that leads nowhere. */
export function movedOnGrid(key: string, position: number, { rows, columns }: Grid): number | null {
  const row = Math.floor(position / columns);
  const column = position % columns;
  const at = (toRow: number, toColumn: number) =>
    Math.min(rows - 1, Math.max(0, toRow)) * columns + Math.min(columns - 1, Math.max(0, toColumn));
  switch (key) {
    case 'ArrowLeft':
      return at(row, column - 1);
    case 'ArrowRight':
      return at(row, column + 1);
    case 'ArrowUp':
      return at(row - 1, column);
    case 'ArrowDown':
      return at(row + 1, column);
    case 'Home':
      return at(row, 0);
    case 'End':
      return at(row, columns - 1);
    default:
      return null;
  }
}
