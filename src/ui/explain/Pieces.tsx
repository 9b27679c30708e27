import type { CSSProperties } from 'react';
import { setSteps } from '../../recipe/trail.ts';
import { cropPlace } from '../../store/crop.ts';
import type { Explainer } from '../../store/explainer.ts';
import type { Explained } from '../../store/explainerState.ts';
import { AROUND, CHOICES, choiceKey } from '../../store/tileChoices.ts';
import { PixelCanvas } from '../gallery/PixelCanvas.tsx';
import type { Grid } from '../kit/grid.ts';
import { TileOutline } from './TileOutline.tsx';
import { useExplained } from './useExplained.ts';

interface PiecesProps {
  readonly explainer: Explainer;
  readonly grid: Grid;
  readonly step: number;
  readonly position: number;
}

/** What the model had in mind for one tile, the likeliest first. */
export function Pieces({ explainer, grid, step, position }: PiecesProps) {
  const state = useExplained(explainer, (all) => all);
  const crop = cropPlace(grid, position, AROUND);
  const inside = {
    row: Math.floor(position / grid.columns) - crop.row,
    column: (position % grid.columns) - crop.column,
  };
  const likeliest = state.looks.get(step)?.likeliest;
  const final = state.trail?.rows.at(-1)?.[position];
  const pieces = Array.from({ length: likeliest?.count ?? CHOICES }, (_, place) => {
    const at = position * (likeliest?.count ?? 0) + place;
    return likeliest ? { code: likeliest.codes[at], share: likeliest.probabilities[at] } : null;
  });
  const rest = 1 - pieces.reduce((sum, piece) => sum + (piece?.share ?? 0), 0);
  return (
    <div className="pieces">
      <p className="pieces-where" aria-live="polite">
        {likeliest ? whereInWords(state, grid, step, position) : ' '}
      </p>
      <ol>
        {pieces.map((piece, place) => {
          const image = piece && state.crops.get(choiceKey(step, position, piece.code));
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: what stays is the place
            <li key={place} data-taken={piece !== null && piece.code === final}>
              <div className="piece-picture">
                {image && <PixelCanvas image={image} />}
                {image && <TileOutline rows={crop.rows} columns={crop.columns} {...inside} />}
              </div>
              <div className="piece-bar" style={{ '--share': piece?.share ?? 0 } as CSSProperties} />
              <p className="piece-share">
                {piece && percent(piece.share)}
                {piece !== null && piece.code === final && (
                  <span className="piece-taken"> the one it took</span>
                )}
              </p>
            </li>
          );
        })}
      </ol>
      {likeliest && <p className="pieces-rest">{percent(rest)} is left for all the other pieces together</p>}
    </div>
  );
}

/** "Row 8, column 7: hidden so far". */
function whereInWords({ figures, trail }: Explained, grid: Grid, step: number, position: number): string {
  const recipe = figures.way.run?.recipes[0];
  const where = `Row ${Math.floor(position / grid.columns) + 1}, column ${(position % grid.columns) + 1}`;
  if (!trail || !recipe) return where;
  const setAt = setSteps(recipe, trail, step)[position];
  if (setAt === null) return `${where}: still hidden`;
  return `${where}: ${setAt === step ? 'set in this very step' : `set in step ${setAt}, so the model sees it already`}`;
}

function percent(share: number): string {
  if (share < 0.01) return 'under 1 %';
  return `${share < 1 ? Math.min(99, Math.round(100 * share)) : 100} %`;
}
