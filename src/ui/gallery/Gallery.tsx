import { useEffect, useRef } from 'react';
import { allKept } from '../../store/kept.ts';
import { activeRun } from '../../store/store.ts';
import { useActions, useAppState, useKeptActions, useKeptState } from '../context.ts';
import { lazyDialog } from '../kit/lazily.tsx';
import { KeptPictures } from './KeptPictures.tsx';
import { RunCard } from './RunCard.tsx';
import { UndoRemoval } from './UndoRemoval.tsx';
import { Welcome } from './Welcome.tsx';

const Viewer = lazyDialog(async () => (await import('../viewer/Viewer.tsx')).Viewer);

/** All runs, newest first; before the first, what this is about. */
export function Gallery() {
  const runs = useAppState((state) => state.runs);
  const running = useAppState((state) => activeRun(state)?.id);
  const waited = useAppState((state) => activeRun(state)?.waited);
  const opened = useKeptState((state) => state.opened);
  const nothingKept = useKeptState((state) => state.pictures.length === 0);
  const keptIds = useKeptState((state) => state.ids);
  const isViewing = useKeptState((state) => state.viewed !== null);
  const { clearGallery } = useActions();
  const { view } = useKeptActions();
  const section = useRef<HTMLElement>(null);

  // On a phone the pictures lie below the form: go where something happens, unless it came by itself.
  useEffect(() => {
    if (running === undefined || waited || !matchMedia('(max-width: 56rem)').matches) return;
    section.current?.scrollIntoView({ block: 'start' });
  }, [running, waited]);

  return (
    <section ref={section} className="gallery" aria-label="Pictures">
      {runs.length === 0 && nothingKept && (
        <div className="gallery-empty" data-opening={!opened}>
          <Welcome />
        </div>
      )}
      {runs.length > 0 && (
        <>
          <h2 className="visually-hidden">Pictures</h2>
          {runs.map((run) => (
            <RunCard key={run.id} run={run} />
          ))}
          {running === undefined && (
            <button type="button" className="quiet clear" onClick={clearGallery}>
              {allKept(runs, keptIds) ? 'Move to earlier pictures' : 'Clear gallery'}
            </button>
          )}
        </>
      )}
      <KeptPictures />
      <UndoRemoval />
      {isViewing && <Viewer close={() => view(null)} />}
    </section>
  );
}
