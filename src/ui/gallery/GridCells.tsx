import type { GridLabels } from '../../store/line.ts';
import { cellOf, type Run } from '../../store/run.ts';
import { promptOf } from '../../store/settings.ts';
import { PictureFrame } from './PictureFrame.tsx';

interface GridCellsProps {
  readonly run: Run;
  readonly grid: GridLabels;
}

/** All pictures of a run as one, its rows and columns labelled. */
export function GridCells({ run, grid: { columns, rows } }: GridCellsProps) {
  const isLabelled = rows.some(Boolean);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: wide ones are scrolled by the arrow keys.
    <section className="grid-scroll" aria-label="Grid" tabIndex={0}>
      <table className="grid">
        <thead>
          <tr>
            {isLabelled && <td />}
            {columns.map((label, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two may be labelled alike, and they never move.
              <th key={column} scope="col" dir="auto">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((label, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above.
            <tr key={row}>
              {isLabelled && (
                <th scope="row" dir="auto">
                  {label}
                </th>
              )}
              {columns.map((across, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above.
                <td key={column}>
                  <Cell run={run} index={row * columns.length + column} labels={[label, across]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface CellProps {
  readonly run: Run;
  readonly index: number;
  readonly labels: readonly string[];
}

function Cell({ run, index, labels }: CellProps) {
  const candidate = cellOf(run, index);
  const words = labels.filter(Boolean).join(', ');
  if (!candidate) {
    const { width, height } = run.model.image;
    return <div className="frame" style={{ aspectRatio: `${width} / ${height}` }} />;
  }
  return (
    <PictureFrame
      run={run}
      candidate={candidate}
      unmade={`${words}: ${run.status === 'cancelled' ? 'unfinished' : 'in the making'}`}
      made={({ recipe }) => `${words}: “${promptOf(recipe).trim().slice(0, 120)}”`}
    />
  );
}
