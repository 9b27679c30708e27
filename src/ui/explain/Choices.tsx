import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useMemo,
  useState,
} from 'react';
import type { Trail } from '../../recipe/trail.ts';
import type { Explainer } from '../../store/explainer.ts';
import { tellingPosition } from '../../store/tileChoices.ts';
import type { ImageTokens } from '../../types.ts';
import { type Grid, movedOnGrid, placeOnGrid } from '../kit/grid.ts';
import { Figure } from './Figure.tsx';
import { MadePicture } from './MadePicture.tsx';
import { Pieces } from './Pieces.tsx';
import { TileOutline } from './TileOutline.tsx';
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
  /** The tile that somebody points at, in the picture that it is of. */
  const [pointed, setPointed] = useState<{ readonly of: Trail; readonly position: number } | null>(null);
  // About a third of it is set: there is something to see, and much to choose.
  const step = Math.min(asked ?? Math.ceil(last / 3), last);
  const look = looks.get(step);
  const isSeen = look?.image != null;
  const telling = useMemo(
    () => (trail && look ? tellingPosition(trail, step, look, grid) : 0),
    [trail, step, look, grid],
  );
  const position = trail && pointed?.of === trail ? pointed.position : telling;
  const point = (to: number) => trail && setPointed({ of: trail, position: to });

  useEffect(() => {
    explainer.choose(isSeen ? { step, position } : null);
  }, [explainer, isSeen, step, position]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = movedOnGrid(event.key, position, grid);
    if (to === null) return;
    event.preventDefault();
    point(to);
  };
  const pointAt = (event: PointerEvent) => point(placeOnGrid(event, grid));
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
              label={null}
              image={look?.image ?? null}
              tokens={(trail?.rows[step - 1] as ImageTokens | undefined) ?? null}
            />
            {isSeen && (
              <TileOutline
                {...grid}
                row={Math.floor(position / grid.columns)}
                column={position % grid.columns}
              />
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
