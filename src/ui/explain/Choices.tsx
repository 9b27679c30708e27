import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useState,
} from 'react';
import { setSteps } from '../../recipe/trail.ts';
import { cropPlace } from '../../store/crop.ts';
import { CHOICES, choiceKey, type Explained, type Explainer } from '../../store/explainer.ts';
import type { ImageTokens } from '../../types.ts';
import { PixelCanvas } from '../gallery/PixelCanvas.tsx';
import { type Grid, movedOnGrid, placeOnGrid } from '../kit/grid.ts';
import { Figure } from './Figure.tsx';
import { MadePicture } from './MadePicture.tsx';
import { useExplained } from './useExplained.ts';

interface ChoicesProps {
  readonly explainer: Explainer;
  readonly grid: Grid;
  readonly children: ReactNode;
}

/** One tile of one step: what the model had in mind for it, each piece drawn in its place. */
export function Choices({ explainer, grid, children }: ChoicesProps) {
  const trail = useExplained(explainer, (state) => state.trail);
  const looks = useExplained(explainer, (state) => state.looks);
  const last = trail?.rows.length ?? 12;
  const [asked, setAsked] = useState<number | null>(null);
  const [position, setPosition] = useState(
    () => Math.floor(grid.rows * 0.44) * grid.columns + Math.floor(grid.columns * 0.4),
  );
  // About a third of it is set: there is something to see, and much to choose.
  const step = Math.min(asked ?? Math.ceil(last / 3), last);
  const look = looks.get(step);
  const isSeen = look?.image != null;

  useEffect(() => {
    explainer.choose(isSeen ? { step, position } : null);
  }, [explainer, isSeen, step, position]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = movedOnGrid(event.key, position, grid);
    if (to === null) return;
    event.preventDefault();
    setPosition(to);
  };
  const pointAt = (event: PointerEvent) => setPosition(placeOnGrid(event, grid));
  return (
    <Figure explainer={explainer} name="way" place={2} title="Every tile is a choice" text={children}>
      <div className="choices">
        <div>
          <div
            className="choices-board"
            role="application"
            aria-label={`The picture after step ${step}, in ${grid.rows} × ${grid.columns} tiles: the arrow keys go from one to the next`}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: an application has its own keys, and a place among the controls
            tabIndex={0}
            onKeyDown={onKeyDown}
            onPointerDown={pointAt}
            onPointerMove={pointAt}
          >
            <MadePicture
              label=""
              image={look?.image ?? null}
              tokens={(trail?.rows[step - 1] as ImageTokens | undefined) ?? null}
            />
            {isSeen && (
              <Outline {...grid} row={Math.floor(position / grid.columns)} column={position % grid.columns} />
            )}
          </div>
          <label className="choices-step">
            <span>
              After step {step} of {last}
            </span>
            <input
              type="range"
              min={1}
              max={last}
              value={step}
              style={{ '--share': (step - 1) / Math.max(1, last - 1) } as CSSProperties}
              onChange={({ target }) => setAsked(target.valueAsNumber)}
            />
          </label>
        </div>
        <Pieces explainer={explainer} grid={grid} step={step} position={position} />
      </div>
    </Figure>
  );
}

/** A frame around one tile. */
function Outline({ rows, columns, row, column }: Grid & { readonly row: number; readonly column: number }) {
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

interface PiecesProps {
  readonly explainer: Explainer;
  readonly grid: Grid;
  readonly step: number;
  readonly position: number;
}

function Pieces({ explainer, grid, step, position }: PiecesProps) {
  const state = useExplained(explainer, (all) => all);
  const crop = cropPlace(grid, position, 2);
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
                {image && <Outline rows={crop.rows} columns={crop.columns} {...inside} />}
              </div>
              <div className="piece-bar" style={{ '--share': piece?.share ?? 0 } as CSSProperties} />
              <p>
                {piece && percent(piece.share)}
                {piece !== null && piece.code === final && <span> it took this one</span>}
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
