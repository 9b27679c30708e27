import type { CSSProperties } from 'react';
import type { Head } from '../../gallery/picture.ts';
import { canAsk } from '../../store/lineActions.ts';
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
  const { step, last, isPlaying, isConfidenceShown, pointed, words, go, togglePlaying, toggleConfidence } =
    steps;
  const { branch } = useKeptActions();
  const able = useAppState(canAsk);
  const { problem } = steps.watched;
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
        aria-valuetext={words}
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
        className="quiet steps-branch"
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
      <div className="steps-said viewer-soft">
        {/* Said by the slider as well. */}
        {pointed === null && <span>{words}</span>}
        <output>{pointed !== null && tokenInWords(steps, pointed)}</output>
        <span className="steps-sure">
          <label>
            <input type="checkbox" checked={isConfidenceShown} onChange={toggleConfidence} /> How sure it was
          </label>
          {isConfidenceShown && <ConfidenceLegend />}
        </span>
      </div>
      {problem !== null && (step < last || isConfidenceShown) && (
        <p className="viewer-soft steps-problem">{problem}</p>
      )}
    </section>
  );
}
