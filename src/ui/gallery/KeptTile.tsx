import { memo, useRef } from 'react';
import type { Head } from '../../gallery/picture.ts';
import { useAppState, useKeptActions } from '../context.ts';
import { Icon } from '../kit/icons.tsx';
import { useNearViewport } from './nearViewport.ts';
import { useKeptImage } from './useKeptImage.ts';
import { ViewLink } from './ViewLink.tsx';

interface KeptTileProps {
  readonly head: Head;
  /** What the viewer goes through. */
  readonly among: () => readonly string[];
}

/** One kept picture; far from the screen no more than its room. */
export const KeptTile = memo(function KeptTile({ head, among }: KeptTileProps) {
  const tile = useRef<HTMLLIElement>(null);
  const near = useNearViewport(tile);
  return (
    <li ref={tile} className="tile kept-tile">
      <div className="frame" style={{ aspectRatio: `${head.width} / ${head.height}` }}>
        {near && <KeptImage head={head} among={among} />}
      </div>
      <div className="kept-caption">{near && <KeptCaption head={head} />}</div>
    </li>
  );
});

function KeptImage({ head, among }: KeptTileProps) {
  const { setFavourite } = useKeptActions();
  const { address, problem } = useKeptImage(head);
  const { favourite } = head;
  return (
    <>
      {address && (
        <ViewLink id={head.id} address={address} among={among}>
          <img src={address} alt={nameOf(head)} />
        </ViewLink>
      )}
      {problem && <p className="kept-problem">{problem}</p>}
      <button
        type="button"
        className="kept-favourite"
        aria-pressed={favourite}
        title={favourite ? 'No longer a favourite' : 'Favourite'}
        onClick={() => void setFavourite(head, !favourite)}
      >
        <Icon name="star" />
        <span className="visually-hidden">Favourite: {nameOf(head)}</span>
      </button>
    </>
  );
}

function KeptCaption({ head }: { readonly head: Head }) {
  const { download, takeSettings, takeSeed, remove } = useKeptActions();
  const taken = useAppState(({ draft }) => draft.seedLocked && draft.seed === String(head.seed));
  return (
    <>
      <p className="kept-prompt" dir="auto" title={head.prompt}>
        {head.prompt}
      </p>
      <p className="kept-line">
        {head.score !== null && (
          <strong title="How close CLIP finds the picture to your words: 1 is the closest">
            CLIP {head.score.toFixed(2)}
          </strong>
        )}
        <button type="button" className="kept-seed" title="Use this seed" onClick={() => takeSeed(head)}>
          {taken && <Icon name="tick" />}
          <span className="visually-hidden">{taken ? 'In use: seed ' : 'Use seed '}</span>
          <span className="kept-seed-word" aria-hidden="true">
            seed
          </span>{' '}
          {head.seed}
        </button>
      </p>
      <div className="kept-actions">
        <button
          type="button"
          className="quiet icon-only"
          title="Download"
          onClick={() => void download(head)}
        >
          <Icon name="download" />
          <span className="visually-hidden">Download: {nameOf(head)}</span>
        </button>
        <button
          type="button"
          className="quiet icon-only"
          title="Use these settings"
          onClick={() => void takeSettings(head)}
        >
          <Icon name="settings" />
          <span className="visually-hidden">Use these settings: {nameOf(head)}</span>
        </button>
        <button
          type="button"
          className="quiet icon-only"
          title="Delete"
          data-delete
          onClick={({ currentTarget }) => {
            focusNeighbour(currentTarget);
            void remove([head.id]);
          }}
        >
          <Icon name="bin" />
          <span className="visually-hidden">Delete: {nameOf(head)}</span>
        </button>
      </div>
    </>
  );
}

/** Goes on where one was: the button is about to leave, and the focus would be lost. */
function focusNeighbour(button: HTMLElement): void {
  const tile = button.closest('li');
  const neighbour = tile?.nextElementSibling ?? tile?.previousElementSibling;
  neighbour?.querySelector<HTMLElement>('[data-delete]')?.focus({ preventScroll: true });
}

function nameOf({ prompt, seed }: Head): string {
  return `“${prompt.trim().slice(0, 120)}”, seed ${seed}`;
}
