import { type ReactNode, useId } from 'react';
import type { FigureName } from '../../store/explained.ts';
import type { Explainer } from '../../store/explainer.ts';
import type { Explained } from '../../store/explainerState.ts';
import { type AppState, activeRun } from '../../store/store.ts';
import { useAppState } from '../context.ts';
import { Icon } from '../kit/icons.tsx';
import { useExplained } from './useExplained.ts';

interface FigureProps {
  readonly explainer: Explainer;
  /** What is made for it. */
  readonly name: FigureName;
  /** From 1. */
  readonly place: number;
  readonly title: string;
  readonly text: ReactNode;
  readonly children: ReactNode;
}

/** One experiment: what it is about, the button that begins it, and what comes of it. */
export function Figure({ explainer, name, place, title, text, children }: FigureProps) {
  const heading = useId();
  return (
    <section className="figure" aria-labelledby={heading}>
      <header>
        <span className="figure-place" aria-hidden="true">
          {place}
        </span>
        <h3 id={heading}>{title}</h3>
        <p>{text}</p>
        <Begin explainer={explainer} name={name} title={title} />
      </header>
      {children}
    </section>
  );
}

/** Begins a figure and stops it; says where it is. */
function Begin({ explainer, name, title }: Pick<FigureProps, 'explainer' | 'name' | 'title'>) {
  const { status, problem } = useExplained(explainer, (state) => state.figures[name]);
  const progress = useExplained(explainer, (state) => progressOf(state, name));
  const busyWith = useAppState(waitedFor);
  const isOn = status === 'waiting' || status === 'running';
  const said = problem ?? (status === 'waiting' ? (busyWith ?? 'Next in line…') : isOn ? progress : '');
  return (
    <div className="figure-begin">
      <button
        type="button"
        className={status === 'idle' ? 'primary' : 'quiet'}
        aria-label={`${isOn ? 'Stop' : status === 'done' ? 'Again' : 'Show me'}: ${title}`}
        onClick={() => (isOn ? explainer.stop(name) : explainer.show(name))}
      >
        <Icon name={isOn ? 'stop' : status === 'done' ? 'loop' : 'play'} />
        {isOn ? 'Stop' : status === 'done' ? 'Again' : 'Show me'}
      </button>
      <p className="figure-said" aria-hidden="true">
        {said}
      </p>
      {/* Not every step of it: that would be much to listen to. */}
      <p className="visually-hidden" role="status">
        {status === 'done' ? 'Made.' : status === 'running' ? '' : said}
      </p>
    </div>
  );
}

/** What the engine is about, where that is not the explainer's. */
function waitedFor(state: AppState): string | null {
  if (activeRun(state)) return 'Waits for your own pictures…';
  switch (state.pack.kind) {
    case 'ready':
      return null;
    case 'opening':
      return 'Waits for the model…';
    case 'failed':
      return 'The model is not open: close this, and see why.';
    default:
      return state.pack satisfies never;
  }
}

function progressOf({ figures, trail, looks }: Explained, name: FigureName): string {
  const { run } = figures[name];
  if (!run) return '';
  if (name === 'way') {
    const { step, steps } = run.progress;
    if (trail)
      return `Step ${Math.min(looks.size + 1, trail.rows.length)} of ${trail.rows.length}, once more…`;
    return step ? `Step ${step} of ${steps}` : 'Reading the words…';
  }
  const made = run.candidates.filter(({ picture }) => picture).length;
  return `${made} of ${run.recipes.length} made`;
}
