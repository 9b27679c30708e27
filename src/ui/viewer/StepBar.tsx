import { type CSSProperties, useId } from 'react';
import type { Head } from '../../gallery/picture.ts';
import { canAsk } from '../../store/lineActions.ts';
import { unmet } from '../../store/watched.ts';
import { useAppState, useKeptActions } from '../context.ts';
import { Icon } from '../kit/icons.tsx';
import { ConfidenceLegend } from './ConfidenceLegend.tsx';
import { tokenInWords } from './confidence.ts';
import type { Steps } from './useSteps.ts';

interface StepBarProps {
  readonly head: Head;
  readonly steps: Steps;
}

/** Goes through the steps of a picture, and on from one of them. */
export function StepBar({ head, steps }: StepBarProps) {
  const { step, last, isPlaying, isConfidenceShown, pointed, go, togglePlaying, toggleConfidence } = steps;
  const { branch } = useKeptActions();
  const able = useAppState(canAsk);
  const id = useId();
  const isSet = steps.setAt.filter((at) => at !== null).length;
  const where = `After step ${step} of ${last}: ${isSet} of ${steps.tokens.length} tokens set`;
  return (
    <section className="steps" aria-label="How it came about">
      <button
        type="button"
        className="quiet icon-only"
        title={isPlaying ? 'Pause' : 'Play'}
        onClick={togglePlaying}
      >
        <Icon name={isPlaying ? 'pause' : 'play'} />
        <span className="visually-hidden">{isPlaying ? 'Pause' : 'Play its steps'}</span>
      </button>
      <input
        type="range"
        aria-label="Step"
        aria-valuetext={where}
        min={1}
        max={last}
        value={step}
        style={{ '--share': (step - 1) / (last - 1) } as CSSProperties}
        onChange={({ target }) => go(target.valueAsNumber)}
        onKeyDown={(event) => {
          if (event.key !== ' ') return;
          event.preventDefault();
          togglePlaying();
        }}
      />
      <button
        type="button"
        className="quiet"
        title={
          step === last
            ? 'Go to an earlier step first'
            : 'Four other pictures with the tokens that this one had by then'
        }
        disabled={!able || step === last}
        onClick={() => void branch(head, step)}
      >
        <Icon name="forth" /> Branch from here
      </button>
      <p className="viewer-soft steps-where">
        {where}
        <StepWait steps={steps} />
      </p>
      <label className="viewer-soft" htmlFor={id}>
        <input id={id} type="checkbox" checked={isConfidenceShown} onChange={toggleConfidence} /> How sure it
        was
      </label>
      {isConfidenceShown && (
        <>
          <ConfidenceLegend />
          <output className="viewer-soft">
            {pointed === null ? 'Point at a token to read its figure.' : tokenInWords(steps, pointed)}
          </output>
        </>
      )}
    </section>
  );
}

/** What the shown step still lacks, and why. */
function StepWait({ steps: { step, last, setAt, watched, isConfidenceShown } }: { readonly steps: Steps }) {
  if (watched.problem !== null) {
    return step < last || isConfidenceShown ? <span className="steps-wait">{watched.problem}</span> : null;
  }
  const isDrawn = step === last || watched.frames.has(step);
  const unknown = isConfidenceShown
    ? new Set(setAt.filter((at) => at && unmet(watched, [{ step: at, draw: false }]))).size
    : 0;
  if (isDrawn && !unknown) return null;
  const what = isDrawn
    ? `${unknown === 1 ? 'One step is' : `${unknown} steps are`} still to be looked at`
    : null;
  if (watched.waits === 'run') {
    return <span className="steps-wait"> · {what ?? 'Its picture is drawn'} when the run has ended</span>;
  }
  return <span className="steps-wait"> · {what ?? 'Drawing it'}…</span>;
}
