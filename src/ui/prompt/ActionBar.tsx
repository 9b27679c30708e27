import type { PackState } from '../../store/store.ts';
import { activeRun } from '../../store/store.ts';
import { useActions, useAppState } from '../context.ts';
import { Icon } from '../kit/icons.tsx';
import { bytesInWords, progressInWords } from '../kit/words.ts';
import { PictureCount } from './PictureCount.tsx';
import { TellWhenDone } from './TellWhenDone.tsx';

/** Generate or Cancel, how many pictures, and how far things are. On a phone it stays at the foot of the screen. */
export function ActionBar() {
  const run = useAppState(activeRun);
  const pack = useAppState((state) => state.pack);
  const { cancel } = useActions();
  const ready = pack.kind === 'ready';
  return (
    <div className="action-bar">
      <div className="action-row">
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
        <PictureCount />
      </div>
      <div className="progress-line">
        {run ? (
          <>
            <progress aria-label="Making the pictures" max={1} value={run.progress.done} />
            <p>
              {run.status === 'stopping' ? 'Stopping…' : progressInWords(run.progress, run.recipes.length)}
            </p>
            <TellWhenDone />
          </>
        ) : (
          <PackProgress pack={pack} />
        )}
      </div>
      <KeptSeed />
    </div>
  );
}

function PackProgress({ pack }: { readonly pack: PackState }) {
  switch (pack.kind) {
    case 'ready':
      return (
        <p className="hint">
          <kbd>Ctrl</kbd> <kbd>Enter</kbd> to generate, <kbd>Esc</kbd> to cancel
        </p>
      );
    case 'failed':
      return <p>No model is open.</p>;
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
          <p>{downloading ? `Loading model… ${bytesInWords(progress)}` : 'Getting the model ready…'}</p>
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
