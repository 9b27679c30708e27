import { useCallback, useMemo, useRef } from 'react';
import type { Head } from '../../gallery/picture.ts';
import { inView } from '../../gallery/view.ts';
import { useKeptActions, useKeptState } from '../context.ts';
import { Icon } from '../kit/icons.tsx';
import { picturesInWords } from '../kit/words.ts';
import { idsOf } from './EntryTools.tsx';
import { FilmTile } from './FilmTile.tsx';
import { KeptTile } from './KeptTile.tsx';
import { SelectionBar } from './SelectionBar.tsx';
import { useRowWindow } from './useRowWindow.ts';

interface EarlierPicturesProps {
  readonly earlier: readonly Head[];
  /** What is to be known of the storage, a sentence each. */
  readonly notes: readonly string[];
}

/** The list of kept pictures, to be searched, sorted and chosen from. */
export function EarlierPictures({ earlier, notes }: EarlierPicturesProps) {
  const view = useKeptState((state) => state.view);
  const shown = useMemo(() => inView(earlier, view), [earlier, view]);
  // The same function for all tiles, and for as long as they are: none is drawn anew when another one comes.
  const latest = useRef(shown);
  latest.current = shown;
  const among = useCallback(() => idsOf(latest.current.flat()), []);
  const list = useRef<HTMLUListElement>(null);
  const firsts = useMemo(() => shown.map(([head]) => head), [shown]);
  const { from, to, above, below } = useRowWindow(list, firsts);
  const pictures = shown.flat();
  const { look, downloadAll } = useKeptActions();
  return (
    <section className="kept" aria-label="Earlier pictures">
      {earlier.length > 0 && (
        <header className="kept-head">
          <h2>Earlier pictures</h2>
          <p className="kept-count" aria-live="polite">
            {pictures.length === earlier.length
              ? picturesInWords(pictures.length)
              : `${pictures.length} of ${picturesInWords(earlier.length)}`}
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
              onClick={() => void downloadAll(pictures)}
            >
              <Icon name="download" /> Download all
            </button>
          </search>
        </header>
      )}
      {notes.map((note) => (
        <p key={note} className="kept-note">
          {note}
        </p>
      ))}
      <ul ref={list} className="tiles kept-tiles" style={{ paddingTop: above, paddingBottom: below }}>
        {shown.slice(from, to).map((entry, i) => {
          const [head] = entry;
          const placed = { among, place: from + i, count: shown.length };
          return entry.length > 1 ? (
            <FilmTile key={head.id} film={entry} {...placed} />
          ) : (
            <KeptTile key={head.id} head={head} {...placed} />
          );
        })}
      </ul>
      {earlier.length > 0 && !shown.length && (
        <p className="kept-note">
          {view.favouritesOnly ? 'None of your favourites is among them.' : 'No prompt has these words.'}
        </p>
      )}
      <SelectionBar shown={pictures} />
    </section>
  );
}
