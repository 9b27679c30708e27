import { type RefObject, useLayoutEffect, useRef } from 'react';
import { goesOn } from '../../store/line.ts';
import type { PackState } from '../../store/store.ts';
import { activeRun } from '../../store/store.ts';
import { useActions, useAppState } from '../context.ts';
import { Icon } from '../kit/icons.tsx';
import { loadingInWords, progressInWords } from '../kit/words.ts';
import { PictureCount } from './PictureCount.tsx';
import { TellWhenDone } from './TellWhenDone.tsx';
import { WaitingLine } from './WaitingLine.tsx';

/** Generate or Stop, how many pictures, how far things are, and what waits. On a phone it stays at the foot of the screen. */
export function ActionBar() {
  const run = useAppState(activeRun);
  const pack = useAppState((state) => state.pack);
  const isOn = useAppState((state) => activeRun(state) !== null || goesOn(state.line));
  const primary = useRef<HTMLButtonElement>(null);
  const begunOn = useRef(false);
  return (
    <div className="action-bar">
      <div className="action-row">
        <button
          ref={primary}
          type="submit"
          className="primary"
          disabled={pack.kind !== 'ready'}
          aria-keyshortcuts="Control+Enter Meta+Enter"
          onClick={(event) => {
            // The second click of a double click on Generate is not meant for the line.
            if (event.detail < 2) begunOn.current = isOn;
            else if (!begunOn.current) event.preventDefault();
          }}
        >
          {isOn ? 'Add to the line' : 'Generate'}
        </button>
        <PictureCount />
      </div>
      <div className="progress-line">
        {isOn ? (
          <>
            <progress aria-label="Making the pictures" max={1} value={run?.progress.done ?? 0} />
            <div className="progress-words">
              <p>
                {run?.status === 'stopping'
                  ? 'Stopping…'
                  : run &&
                    (pack.kind === 'opening'
                      ? startedAgain
                      : progressInWords(run.progress, run.recipes.length))}
              </p>
              <StopButton primary={primary} />
            </div>
            <div className="run-wishes">
              <KeepGoing />
              <TellWhenDone />
            </div>
          </>
        ) : (
          <PackProgress pack={pack} />
        )}
      </div>
      <WaitingLine primary={primary} />
      <KeptSeed />
    </div>
  );
}

const startedAgain = 'The engine broke off: it is started again, and goes on from here…';

/** When it leaves with the last run, the focus stays beside it. */
function StopButton({ primary }: { readonly primary: RefObject<HTMLButtonElement | null> }) {
  const isStopping = useAppState((state) => activeRun(state)?.status === 'stopping');
  const { cancel } = useActions();
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const own = button.current;
    return () => {
      if (document.activeElement === own) primary.current?.focus({ preventScroll: true });
    };
  }, [primary]);
  return (
    <button
      ref={button}
      type="button"
      className="quiet stop"
      aria-disabled={isStopping}
      aria-keyshortcuts="Escape"
      onClick={cancel}
    >
      <Icon name="stop" /> Stop
    </button>
  );
}

/** Runs without end, for whoever looks for the one. */
function KeepGoing() {
  const wanted = useAppState((state) => state.line.keepGoing);
  const { keepGoing } = useActions();
  return (
    <button
      type="button"
      className="link"
      aria-pressed={wanted}
      title="Run what the form says again and again, each time with a new seed, until you stop it"
      onClick={() => keepGoing(!wanted)}
    >
      <Icon name={wanted ? 'tick' : 'loop'} /> Keep going
    </button>
  );
}

function PackProgress({ pack }: { readonly pack: PackState }) {
  switch (pack.kind) {
    case 'ready':
      return (
        <>
          <p className="hint">
            <kbd>Ctrl</kbd> <kbd>Enter</kbd> to generate, <kbd>Esc</kbd> to stop
          </p>
          {pack.notKept && <p className="hint">{pack.notKept}</p>}
        </>
      );
    case 'failed':
      return <p>No model is open.</p>;
    case 'opening': {
      const { progress } = pack;
      const arriving = progress && progress.stage !== 'prepare' && progress.totalBytes > 0;
      return (
        <>
          {arriving ? (
            <progress aria-label="Loading the model" max={progress.totalBytes} value={progress.loadedBytes} />
          ) : (
            <progress aria-label="Loading the model" />
          )}
          <p>{arriving ? loadingInWords(progress) : 'Getting the model ready…'}</p>
        </>
      );
    }
    default:
      return pack satisfies never;
  }
}

/** A seed that stays decides the next pictures, whether its field under Advanced is to be seen or not. */
function KeptSeed() {
  const seed = useAppState(({ draft }) => (draft.seedLocked ? draft.seed.trim() : null));
  const { edit } = useActions();
  if (!seed) return null;
  return (
    <p className="kept-seed">
      <Icon name="locked" />
      <span>
        Next seed: <strong>{seed.slice(0, 12)}</strong>
      </span>
      <button type="button" className="link" onClick={() => edit({ seedLocked: false })}>
        Use a new one
      </button>
    </p>
  );
}
