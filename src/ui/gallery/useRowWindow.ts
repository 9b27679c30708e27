import { type RefObject, useLayoutEffect, useMemo, useState } from 'react';
import type { Head } from '../../gallery/picture.ts';
import { type GridMeasures, type RowWindow, rowTops, windowOf } from './rowWindow.ts';

/** Drawn to be measured, before it is known how the grid lies. */
const firstTiles = 12;

/** What to draw of these pictures in a grid of tiles, as the page is scrolled. */
export function useRowWindow(list: RefObject<HTMLElement | null>, pictures: readonly Head[]): RowWindow {
  const measures = useMeasures(list, pictures.length > 0);
  const tops = useMemo(() => measures && rowTops(pictures, measures), [pictures, measures]);
  const [rows, setRows] = useState<RowWindow | null>(null);

  useLayoutEffect(() => {
    if (!measures || !tops) return;
    const look = () => {
      if (!list.current) return;
      const top = -list.current.getBoundingClientRect().top;
      const next = windowOf(tops, pictures.length, measures, top - innerHeight, top + 2 * innerHeight);
      setRows((before) => (isSame(before, next) ? before : next));
    };
    look();
    // What stands above the grid may grow.
    const observer = new ResizeObserver(look);
    observer.observe(document.body);
    addEventListener('scroll', look, { passive: true });
    addEventListener('resize', look);
    return () => {
      observer.disconnect();
      removeEventListener('scroll', look);
      removeEventListener('resize', look);
    };
  }, [list, pictures, measures, tops]);

  const to = Math.min(pictures.length, rows?.to ?? firstTiles);
  // The list may be shorter than it was when it was looked at.
  return { from: Math.min(rows?.from ?? 0, to), to, above: rows?.above ?? 0, below: rows?.below ?? 0 };
}

function isSame(a: RowWindow | null, b: RowWindow): boolean {
  return a !== null && a.from === b.from && a.to === b.to && a.above === b.above && a.below === b.below;
}

const isAlike = (a: GridMeasures, b: GridMeasures) =>
  a.columns === b.columns &&
  a.columnWidth === b.columnWidth &&
  a.rowGap === b.rowGap &&
  Math.abs(a.captionHeight - b.captionHeight) < 0.5;

/** How the grid lies, whenever its size changes; null before its first tile is there. */
function useMeasures(list: RefObject<HTMLElement | null>, any: boolean): GridMeasures | null {
  const [measures, setMeasures] = useState<GridMeasures | null>(null);
  useLayoutEffect(() => {
    const element = list.current;
    if (!element || !any) return;
    const measure = () => {
      const [frame, caption] = ['.frame', '.kept-caption'].map((part) =>
        element.querySelector(part)?.getBoundingClientRect(),
      );
      if (!frame || !caption) return;
      const { gridTemplateColumns, rowGap } = getComputedStyle(element);
      const columns = gridTemplateColumns.split(' ');
      const next = {
        columns: columns.length,
        columnWidth: Number.parseFloat(columns[0]),
        rowGap: Number.parseFloat(rowGap),
        captionHeight: caption.bottom - frame.bottom,
      };
      setMeasures((before) => (before && isAlike(before, next) ? before : next));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [list, any]);
  return measures;
}
