import { useEffect, useRef, useState } from 'react';
import { type Entry, titleOfEntry } from '../../gallery/entries.ts';
import { WORDLESS } from '../../gallery/prompt.ts';
import { useKeptActions, useKeptState } from '../context.ts';
import { IconButton } from '../kit/IconButton.tsx';
import { Icon } from '../kit/icons.tsx';
import { filmInWords } from '../kit/words.ts';
import { Delete, Favourite, idsOf, isSelected, Select } from './EntryTools.tsx';
import { KeptImage } from './KeptImage.tsx';
import type { Placed } from './KeptTile.tsx';

interface FilmTileProps extends Placed {
  readonly film: Entry;
  /** What a range of selected pictures lies in. */
  readonly among: () => readonly string[];
}

/** The pictures of a film, as one that moves when it is asked to. */
export function FilmTile({ film, among, place, count }: FilmTileProps) {
  const selected = useKeptState(({ selection }) => isSelected(film, selection.ids));
  const { downloadKeptFilm } = useKeptActions();
  const { address, isPlaying, toggle } = usePlaying(film);
  const [first] = film;
  const title = titleOfEntry(film).trim() || WORDLESS;
  const name = `film “${title}”`;
  return (
    <li className="tile kept-tile" data-selected={selected} aria-posinset={place + 1} aria-setsize={count}>
      <div className="frame" style={{ aspectRatio: `${first.width} / ${first.height}` }}>
        <KeptImage head={first} name={name} among={() => idsOf(film)} instead={address} />
        <Select entry={film} name={name} among={among} />
        <Favourite entry={film} name={name} />
        <button type="button" className="kept-play" aria-pressed={isPlaying} title="Play" onClick={toggle}>
          <Icon name={isPlaying ? 'stop' : 'play'} />
          <span className="visually-hidden">Play: {name}</span>
        </button>
      </div>
      <div className="kept-caption">
        <p className="kept-prompt" dir="auto" title={title}>
          {title}
        </p>
        <p className="kept-line">{filmInWords(film)}</p>
        <div className="tile-actions">
          <IconButton
            icon="download"
            title="Download film"
            name={`Download: ${name}`}
            onClick={() => void downloadKeptFilm(film)}
          />
          <Delete entry={film} name={name} />
        </div>
      </div>
    </li>
  );
}

/** The film as a file that the browser plays, from when it is asked for until it is stopped, or the tile leaves. */
function usePlaying(entry: Entry) {
  // The list is put together anew with each picture that comes: what plays goes on.
  const same = useRef(entry);
  if (idsOf(same.current).join() !== idsOf(entry).join()) same.current = entry;
  const film = same.current;
  const { filmFile } = useKeptActions();
  const [isPlaying, setPlaying] = useState(false);
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (!isPlaying) return;
    let made: string | null = null;
    let gone = false;
    void filmFile(film).then((file) => {
      if (gone) return;
      if (!file) return setPlaying(false);
      made = URL.createObjectURL(file);
      setAddress(made);
    });
    return () => {
      gone = true;
      if (made) URL.revokeObjectURL(made);
      setAddress(null);
    };
  }, [film, isPlaying, filmFile]);
  return { address, isPlaying, toggle: () => setPlaying(!isPlaying) };
}
