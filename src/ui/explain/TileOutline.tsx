import type { Grid } from '../kit/grid.ts';

/** A frame around one tile. */
export function TileOutline({
  rows,
  columns,
  row,
  column,
}: Grid & { readonly row: number; readonly column: number }) {
  return (
    <svg
      className="tile-outline"
      viewBox={`0 0 ${columns} ${rows}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <rect x={column} y={row} width={1} height={1} rx={0.14} />
    </svg>
  );
}
