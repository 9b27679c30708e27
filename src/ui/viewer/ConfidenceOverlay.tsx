import type { KeyboardEvent, PointerEvent } from 'react';
import { movedOnGrid, placeOnGrid } from '../kit/grid.ts';
import { confidenceColour, confidenceOf, confidenceRadius } from './confidence.ts';
import type { Steps } from './useSteps.ts';

/** A disc on each token that is set: how sure the model was of it. Pointer and arrow keys go from token to token. */
export function ConfidenceOverlay({ steps }: { readonly steps: Steps }) {
  const { grid, pointed, point } = steps;
  const { rows, columns } = grid;
  const confidence = confidenceOf(steps);

  const pointAt = (event: PointerEvent) => point(placeOnGrid(event, grid));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = movedOnGrid(event.key, pointed ?? 0, grid);
    if (to === null) return;
    // The picture's neighbours are not meant.
    event.stopPropagation();
    event.preventDefault();
    point(to);
  };
  return (
    <div
      className="confidence"
      role="application"
      aria-label={`How sure the model was of each of ${rows} × ${columns} tokens: the arrow keys go from one to the next`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: an application has its own keys, and a place among the controls
      tabIndex={0}
      onKeyDown={onKeyDown}
      onFocus={() => point(pointed ?? 0)}
      onBlur={() => point(null)}
      onPointerDown={pointAt}
      onPointerMove={pointAt}
      onPointerLeave={({ pointerType }) => pointerType === 'mouse' && point(null)}
    >
      <svg viewBox={`0 0 ${columns} ${rows}`} preserveAspectRatio="none" aria-hidden="true">
        {confidence.map(
          (sure, i) =>
            sure !== null && (
              <circle
                // biome-ignore lint/suspicious/noArrayIndexKey: a position of the grid is what it is
                key={i}
                cx={(i % columns) + 0.5}
                cy={Math.floor(i / columns) + 0.5}
                r={confidenceRadius(sure)}
                fill={confidenceColour(sure)}
              />
            ),
        )}
        {pointed !== null && (
          <rect x={pointed % columns} y={Math.floor(pointed / columns)} width={1} height={1} rx={0.12} />
        )}
      </svg>
    </div>
  );
}
