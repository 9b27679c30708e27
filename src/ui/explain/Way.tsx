import { type CSSProperties, type ReactNode, useState } from 'react';
import type { Trail } from '../../recipe/trail.ts';
import type { Explainer } from '../../store/explainer.ts';
import type { Explained } from '../../store/explainerState.ts';
import type { ImageTokens } from '../../types.ts';
import { useAppState } from '../context.ts';
import type { Grid } from '../kit/grid.ts';
import { Figure } from './Figure.tsx';
import { MadePicture } from './MadePicture.tsx';
import { useExplained } from './useExplained.ts';

interface WayProps {
  readonly explainer: Explainer;
  readonly grid: Grid;
  readonly children: ReactNode;
}

/** One picture from all hidden to finished: a strip of its steps that is a slider, and the step that it stands at. */
export function Way({ explainer, grid, children }: WayProps) {
  const state = useExplained(explainer, (all) => all);
  const mask = useAppState(({ manifest }) => manifest?.codebookSize);
  const [chosen, setChosen] = useState<{ readonly of: Trail | null; readonly step: number } | null>(null);
  const { run } = state.figures.way;
  const last = run?.recipes[0].steps ?? 12;
  const tiles = grid.rows * grid.columns;
  const latest = state.trail ? state.looks.size : (run?.progress.step ?? 0);
  // Follows what happens, until somebody takes the slider of this picture.
  const step = Math.min(chosen && chosen.of === state.trail ? chosen.step : latest, last);
  const set = setAfter(state, step, mask);
  const where =
    step === 0
      ? 'The beginning: every tile is hidden'
      : `After step ${step} of ${last}: ${set} of ${tiles} tiles are set`;
  return (
    <Figure explainer={explainer} name="way" place={1} title="From nothing, tile by tile" text={children}>
      <div className="way">
        <MadePicture label={where} {...pictureAfter(state, step, last)} />
        <div className="way-said">
          <p className="way-number">
            {set}
            <span> of {tiles}</span>
          </p>
          <p>
            {step === 0
              ? 'tiles are set. It has not begun.'
              : step === last
                ? 'tiles are set: done.'
                : `tiles are set after step ${step} of ${last}.`}
          </p>
        </div>
        <div className="strip" style={{ '--count': last + 1 } as CSSProperties}>
          {Array.from({ length: last + 1 }, (_, each) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
            <div key={each} className="strip-step" data-current={each === step}>
              <MadePicture label={null} {...pictureAfter(state, each, last)} />
              <span style={{ '--share': setAfter(state, each, mask) / tiles } as CSSProperties} />
            </div>
          ))}
          <input
            type="range"
            aria-label="Step"
            aria-valuetext={where}
            min={0}
            max={last}
            value={step}
            onChange={({ target }) => setChosen({ of: state.trail, step: target.valueAsNumber })}
          />
        </div>
      </div>
    </Figure>
  );
}

type Seen = Pick<Explained, 'figures' | 'trail' | 'looks'>;

/** The tokens after a step, as far as they are known. [positions] */
function tokensAfter({ figures, trail }: Seen, step: number): ImageTokens | null {
  if (step === 0) return null;
  const { run } = figures.way;
  if (trail) return (trail.rows[step - 1] as ImageTokens | undefined) ?? null;
  return step === run?.progress.step ? (run.candidates[0]?.tokens ?? null) : null;
}

function pictureAfter(state: Seen, step: number, last: number) {
  const picture = state.figures.way.run?.candidates[0];
  const image =
    step === last && picture?.picture
      ? picture.picture.image
      : (state.looks.get(step)?.image ??
        (!state.trail && step && step === state.figures.way.run?.progress.step
          ? (picture?.preview ?? null)
          : null));
  return { image, tokens: step === last && picture?.picture ? undefined : tokensAfter(state, step) };
}

function setAfter(state: Seen, step: number, mask: number | undefined): number {
  const tokens = tokensAfter(state, step);
  return tokens ? tokens.reduce((count, token) => count + Number(token !== mask), 0) : 0;
}
