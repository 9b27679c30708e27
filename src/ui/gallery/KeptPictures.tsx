import { useCallback, useMemo, useRef } from 'react';
import { inView } from '../../gallery/view.ts';
import { idsOfRuns } from '../../store/kept.ts';
import { useAppState, useKeptActions, useKeptState } from '../context.ts';
import { Icon } from '../kit/icons.tsx';
import { KeptTile } from './KeptTile.tsx';
import { SelectionBar } from './SelectionBar.tsx';
import { useRowWindow } from './useRowWindow.ts';

/** Pictures of earlier visits and of runs that were put away. */
export function KeptPictures() {
  const runs = useAppState((state) => state.runs);
  const pictures = useKeptState((state) => state.pictures);
  const ids = useKeptState((state) => state.ids);
  const view = useKeptState((state) => state.view);
  const { storage, unreadable } = useKeptState((state) => state.status);
  const earlier = useMemo(() => {
    const inRuns = new Set(idsOfRuns(runs, ids));
    return pictures.filter(({ id }) => !inRuns.has(id));
  }, [pictures, runs, ids]);
  const shown = useMemo(() => inView(earlier, view), [earlier, view]);
  // The same function for all tiles, and for as long as they are: none is drawn anew when another one comes.
  const latest = useRef(shown);
  latest.current = shown;
  const among = useCallback(() => latest.current.map(({ id }) => id), []);
  const list = useRef<HTMLUListElement>(null);
  const { from, to, above, below } = useRowWindow(list, shown);
  const { look, downloadAll } = useKeptActions();
  const damaged = unreadable > 0 && `${counted(unreadable)} cannot be read: damaged, or of a newer page.`;
  const notes = [storage.kind === 'memory' && pictures.length > 0 && storage.reason, damaged].filter(Boolean);
  if (!earlier.length && !notes.length) return null;
  return (
    <section className="kept" aria-label="Earlier pictures">
      {earlier.length > 0 && (
        <header className="kept-head">
          <h2>Earlier pictures</h2>
          <p className="kept-count" aria-live="polite">
            {shown.length === earlier.length
              ? counted(shown.length)
              : `${shown.length} of ${counted(earlier.length)}`}
          </p>
          <search className="kept-tools">
            <input
              type="search"
              aria-label="Search in prompts"
              placeholder="Search in prompts"
              value={view.query}
              onChange={({ target }) => look({ query: target.value })}
            />
            <button
              type="button"
              className="quiet"
              aria-pressed={view.favouritesOnly}
              onClick={() => look({ favouritesOnly: !view.favouritesOnly })}
            >
              <Icon name="star" /> Favourites
            </button>
            <button
              type="button"
              className="quiet"
              aria-pressed={view.order === 'best'}
              title="The best CLIP score first, not the newest"
              onClick={() => look({ order: view.order === 'best' ? 'newest' : 'best' })}
            >
              Best first
            </button>
            <button
              type="button"
              className="quiet"
              disabled={!shown.length}
              title="One archive of the pictures on show"
              onClick={() => void downloadAll(shown)}
            >
              <Icon name="download" /> Download all
            </button>
          </search>
        </header>
      )}
      {notes.map((note) => (
        <p key={String(note)} className="kept-note">
          {note}
        </p>
      ))}
      <ul ref={list} className="tiles kept-tiles" style={{ paddingTop: above, paddingBottom: below }}>
        {shown.slice(from, to).map((head, i) => (
          <KeptTile key={head.id} head={head} among={among} place={from + i} count={shown.length} />
        ))}
      </ul>
      {earlier.length > 0 && !shown.length && (
        <p className="kept-note">
          {view.favouritesOnly ? 'None of your favourites is among them.' : 'No prompt has these words.'}
        </p>
      )}
      <SelectionBar shown={shown} />
    </section>
  );
}

function counted(pictures: number): string {
  return pictures === 1 ? '1 picture' : `${pictures} pictures`;
}
