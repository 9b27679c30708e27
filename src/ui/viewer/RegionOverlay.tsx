import { type Grid, outline } from '../brush/footprint.ts';

interface RegionOverlayProps {
  /** [positions] */
  readonly chosen: readonly boolean[];
  readonly grid: Grid;
}

/** What is about to be drawn again: all else is dimmed. */
export function RegionOverlay({ chosen, grid }: RegionOverlayProps) {
  const { rows, columns } = grid;
  const kept = chosen.map((is, i) => (is ? '' : `M${i % columns} ${Math.floor(i / columns)}h1v1h-1z`));
  const edge = outline(chosen, grid);
  return (
    <svg className="region" viewBox={`0 0 ${columns} ${rows}`} preserveAspectRatio="none" aria-hidden="true">
      <path className="region-kept" d={kept.join('')} />
      <path className="region-under" d={edge} />
      <path className="region-edge" d={edge} />
    </svg>
  );
}
