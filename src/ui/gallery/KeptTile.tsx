import { memo } from 'react';
import type { Head } from '../../gallery/picture.ts';
import { WORDLESS } from '../../gallery/prompt.ts';
import { withSelected } from '../../store/selection.ts';
import { useAppState, useKeptActions, useKeptState } from '../context.ts';
import { CopyButton } from '../kit/CopyButton.tsx';
import { IconButton } from '../kit/IconButton.tsx';
import { Icon } from '../kit/icons.tsx';
import { pictureInWords } from '../kit/words.ts';
import { useKeptImage } from './useKeptImage.ts';
import { ViewLink } from './ViewLink.tsx';

interface KeptTileProps {
  readonly head: Head;
  /** What the viewer goes through, and a range of selected pictures lies in. */
  readonly among: () => readonly string[];
}

/** Of all pictures on show only those near the screen are in the document. */
interface Placed {
  readonly place: number;
  readonly count: number;
}

/** One kept picture. */
export const KeptTile = memo(function KeptTile({ head, among, place, count }: KeptTileProps & Placed) {
  const selected = useKeptState(({ selection }) => selection.ids.has(head.id));
  return (
    <li className="tile kept-tile" data-selected={selected} aria-posinset={place + 1} aria-setsize={count}>
      <div className="frame" style={{ aspectRatio: `${head.width} / ${head.height}` }}>
        <KeptImage head={head} among={among} />
        <Select head={head} among={among} selected={selected} />
        <Favourite head={head} />
      </div>
      <div className="kept-caption">
        <KeptCaption head={head} />
      </div>
    </li>
  );
});

function KeptImage({ head, among }: KeptTileProps) {
  const { address, problem } = useKeptImage(head);
  return (
    <>
      {address && (
        <ViewLink id={head.id} address={address} among={among}>
          <img src={address} alt={pictureInWords(head)} decoding="async" />
        </ViewLink>
      )}
      {problem && <p className="kept-problem">{problem}</p>}
    </>
  );
}

/** With Shift, all from the one before to this one. */
function Select({ head, among, selected }: KeptTileProps & { readonly selected: boolean }) {
  const selection = useKeptState((state) => state.selection);
  const { select } = useKeptActions();
  return (
    <label className="kept-select" title={selected ? 'Selected' : 'Select; with Shift, up to here'}>
      <input
        type="checkbox"
        aria-label={`Select ${pictureInWords(head)}`}
        data-picture={head.id}
        checked={selected}
        onChange={({ target: { checked }, nativeEvent }) => {
          // Of a checkbox, React's change is the browser's click.
          const range = nativeEvent instanceof MouseEvent && nativeEvent.shiftKey ? among() : [];
          select(withSelected(selection, head.id, checked, range));
        }}
      />
      <Icon name="tick" />
    </label>
  );
}

function Favourite({ head }: { readonly head: Head }) {
  const { setFavourite } = useKeptActions();
  const { favourite } = head;
  return (
    <button
      type="button"
      className="kept-favourite"
      aria-pressed={favourite}
      title={favourite ? 'No longer a favourite' : 'Favourite'}
      onClick={() => void setFavourite([head.id], !favourite)}
    >
      <Icon name="star" />
      <span className="visually-hidden">Favourite: {pictureInWords(head)}</span>
    </button>
  );
}

function KeptCaption({ head }: { readonly head: Head }) {
  const { download, copyPicture, takeSettings, takeSeed, remove } = useKeptActions();
  const taken = useAppState(({ draft }) => draft.seedLocked && draft.seed === String(head.seed));
  const name = pictureInWords(head);
  return (
    <>
      <p className="kept-prompt" dir="auto" title={head.prompt}>
        {head.prompt.trim() || WORDLESS}
      </p>
      <p className="kept-line">
        {head.score !== null && (
          <strong title="How close CLIP finds the picture to your words: 1 is the closest">
            CLIP {head.score.toFixed(2)}
          </strong>
        )}
        <button type="button" className="kept-tile-seed" title="Use this seed" onClick={() => takeSeed(head)}>
          {taken && <Icon name="tick" />}
          <span className="visually-hidden">{taken ? 'In use: seed ' : 'Use seed '}</span>
          <span className="kept-tile-seed-word" aria-hidden="true">
            seed
          </span>{' '}
          {head.seed}
        </button>
      </p>
      <div className="tile-actions">
        <IconButton
          icon="download"
          title="Download"
          name={`Download: ${name}`}
          onClick={() => void download(head)}
        />
        <CopyButton icon="copy" what="picture" of={name} compact copy={() => copyPicture(head)} />
        <IconButton
          icon="settings"
          title="Use these settings"
          name={`Use these settings: ${name}`}
          onClick={() => void takeSettings(head)}
        />
        <IconButton
          icon="bin"
          title="Delete"
          name={`Delete: ${name}`}
          onClick={(button) => {
            focusNeighbour(button);
            void remove([head.id]);
          }}
        />
      </div>
    </>
  );
}

/** Goes on where one was: the button is about to leave, and the focus would be lost. */
function focusNeighbour(button: HTMLElement): void {
  const tile = button.closest('li');
  const neighbour = tile?.nextElementSibling ?? tile?.previousElementSibling;
  neighbour?.querySelector<HTMLElement>('.tile-actions button:last-child')?.focus({ preventScroll: true });
}
