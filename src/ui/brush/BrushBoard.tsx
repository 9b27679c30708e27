import { type CSSProperties, type KeyboardEvent, useId, useState } from 'react';
import type { BrushSource } from '../../store/brushActions.ts';
import { footprint, type Grid, middleOf, outline, type Place, stroke, tokenAt } from './footprint.ts';
import { PictureBeneath } from './PictureBeneath.tsx';
import { type Chosen, painted } from './strokes.ts';
import type { Tool } from './tool.ts';
import { usePainting } from './usePainting.ts';

interface BrushBoardProps {
  readonly source: BrushSource;
  readonly tool: Tool;
  readonly chosen: Chosen;
  /** A whole stroke is done. */
  readonly onStroke: (chosen: Chosen) => void;
  /** Says where the keys are, in words; null when they are nowhere. */
  readonly onWhere: (where: string | null) => void;
}

/** The picture with its token grid, to be painted on by pointer and by keys. */
export function BrushBoard({ source, tool, chosen, onStroke, onWhere }: BrushBoardProps) {
  const { grid, image } = source.manifest;
  const [byKeys, setByKeys] = useState<number | null>(null);
  const painting = usePainting({ grid, tool, chosen, onStroke });
  const hint = useId();
  const seen = painting.live ?? chosen;
  const place: Place | null = painting.place ?? (byKeys === null ? null : middleOf(byKeys, grid));
  const under = place && footprint(place, tool.size, grid);

  /** Where the keys begin: under the pointer, else in the middle. */
  const begin = () => byKeys ?? tokenAt(painting.place ?? { x: grid.columns / 2, y: grid.rows / 2 }, grid);
  const say = (token: number, now: Chosen) => {
    const row = Math.floor(token / grid.columns) + 1;
    const column = (token % grid.columns) + 1;
    onWhere(`Row ${row}, column ${column}, ${now[token] ? 'chosen' : 'kept'}`);
  };
  const leaveKeys = () => {
    setByKeys(null);
    onWhere(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = begin();
    const to = tokenAfter(event.key, at, grid);
    if (to !== null) {
      // With Shift the brush is down on its way.
      const way = stroke(middleOf(at, grid), middleOf(to, grid), tool.size, grid);
      const now = event.shiftKey ? painted(chosen, way, tool.kind === 'brush') : chosen;
      onStroke(now);
      move(to, now);
    } else if (event.key === ' ') {
      const choose = tool.kind === 'brush' && !chosen[at];
      const now = painted(chosen, footprint(middleOf(at, grid), tool.size, grid), choose);
      onStroke(now);
      move(at, now);
    } else return;
    event.preventDefault();
  };
  const move = (to: number, now: Chosen) => {
    painting.leave();
    setByKeys(to);
    say(to, now);
  };
  return (
    <div className="brush-place">
      <div
        className="brush-board"
        role="application"
        aria-label={`Token grid, ${grid.rows} rows and ${grid.columns} columns`}
        aria-describedby={hint}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is painted on by keys.
        tabIndex={0}
        style={{ '--ratio': image.width / image.height } as CSSProperties}
        data-tool={tool.kind}
        onKeyDown={onKeyDown}
        onFocus={({ currentTarget }) => {
          if (!currentTarget.matches(':focus-visible')) return;
          const token = begin();
          setByKeys(token);
          say(token, chosen);
        }}
        onBlur={leaveKeys}
        {...painting.listeners}
        onPointerDown={(event) => {
          leaveKeys();
          painting.listeners.onPointerDown(event);
        }}
      >
        <PictureBeneath picture={source.picture} />
        <svg viewBox={`0 0 ${grid.columns} ${grid.rows}`} preserveAspectRatio="none" aria-hidden="true">
          <path className="brush-lines" d={linesOf(grid)} />
          <path className="brush-chosen" d={squaresOf(seen, grid)} />
          <path className="brush-edge-under" d={outline(seen, grid)} />
          <path className="brush-edge" d={outline(seen, grid)} />
          {under && (
            <>
              <path className="brush-cursor-under" d={outlineOf(under, grid)} />
              <path className="brush-cursor" d={outlineOf(under, grid)} />
            </>
          )}
        </svg>
      </div>
      <p id={hint} className="brush-hint viewer-soft">
        Drag over the picture. With keys: arrows to move, Space to paint, Shift and arrows to draw.
      </p>
    </div>
  );
}

function tokenAfter(key: string, at: number, { rows, columns }: Grid): number | null {
  const row = Math.floor(at / columns);
  const column = at % columns;
  const to = (toRow: number, toColumn: number) =>
    Math.max(0, Math.min(rows - 1, toRow)) * columns + Math.max(0, Math.min(columns - 1, toColumn));
  switch (key) {
    case 'ArrowLeft':
      return to(row, column - 1);
    case 'ArrowRight':
      return to(row, column + 1);
    case 'ArrowUp':
      return to(row - 1, column);
    case 'ArrowDown':
      return to(row + 1, column);
    case 'Home':
      return to(row, 0);
    case 'End':
      return to(row, columns - 1);
    default:
      return null;
  }
}

function linesOf({ rows, columns }: Grid): string {
  const across = Array.from({ length: rows - 1 }, (_, i) => `M0 ${i + 1}h${columns}`);
  const down = Array.from({ length: columns - 1 }, (_, i) => `M${i + 1} 0v${rows}`);
  return [...across, ...down].join('');
}

function squaresOf(chosen: Chosen, { columns }: Grid): string {
  return chosen.map((is, i) => (is ? `M${i % columns} ${Math.floor(i / columns)}h1v1h-1z` : '')).join('');
}

function outlineOf(tokens: readonly number[], grid: Grid): string {
  return outline(painted(Array(grid.rows * grid.columns).fill(false), tokens, true), grid);
}
