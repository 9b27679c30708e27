import type { PackState } from '../store/store.ts';
import { activeRun } from '../store/store.ts';
import { useActions, useAppState } from './context.ts';
import { bytesInWords, progressInWords } from './words.ts';

/** Generate or Cancel, and how far things are. On a phone it stays at the foot of the screen. */
export function ActionBar() {
  const run = useAppState(activeRun);
  const pack = useAppState((state) => state.pack);
  const { cancel } = useActions();
  const ready = pack.kind === 'ready';
  return (
    <div className="action-bar">
      {/* One element for both, so that the keyboard's focus stays where it is. */}
      <button
        type={run ? 'button' : 'submit'}
        className={run ? 'primary stop' : 'primary'}
        disabled={!run && !ready}
        aria-disabled={run?.status === 'stopping'}
        aria-keyshortcuts={run ? 'Escape' : 'Control+Enter Meta+Enter'}
        onClick={(event) => {
          // The second click of a double click on Generate is not meant for Cancel.
          if (run && event.detail < 2) cancel();
        }}
      >
        {run ? 'Cancel' : 'Generate'}
      </button>
      <div className="progress-line">
        {run ? (
          <>
            <progress aria-label="Generating" max={1} value={run.progress.done} />
            <p>
              {run.status === 'stopping'
                ? 'stopping after this step'
                : progressInWords(run.progress, run.settings.candidates)}
            </p>
          </>
        ) : (
          <PackProgress pack={pack} />
        )}
      </div>
    </div>
  );
}

function PackProgress({ pack }: { readonly pack: PackState }) {
  switch (pack.kind) {
    case 'ready':
      return (
        <p className="hint">
          <kbd>Ctrl</kbd> <kbd>Enter</kbd> generates, <kbd>Esc</kbd> cancels
        </p>
      );
    case 'failed':
      return <p>no model is open</p>;
    case 'opening': {
      const { progress } = pack;
      const downloading = progress?.stage === 'download' && progress.totalBytes > 0;
      return (
        <>
          {downloading ? (
            <progress aria-label="Loading the model" max={progress.totalBytes} value={progress.loadedBytes} />
          ) : (
            <progress aria-label="Loading the model" />
          )}
          <p>{downloading ? `loading the model · ${bytesInWords(progress)}` : 'preparing the model'}</p>
        </>
      );
    }
    default:
      return pack satisfies never;
  }
}
