import { memo } from 'react';
import type { Head } from '../../gallery/picture.ts';
import { WORDLESS } from '../../gallery/prompt.ts';
import { useAppState, useKeptActions, useKeptState } from '../context.ts';
import { CopyButton } from '../kit/CopyButton.tsx';
import { IconButton } from '../kit/IconButton.tsx';
import { Icon } from '../kit/icons.tsx';
import { pictureInWords } from '../kit/words.ts';
import { Delete, Favourite, Select } from './EntryTools.tsx';
import { KeptImage } from './KeptImage.tsx';

/** Of all entries on show only those near the screen are in the document. */
export interface Placed {
  readonly place: number;
  readonly count: number;
}

interface KeptTileProps extends Placed {
  readonly head: Head;
  /** What the viewer goes through, and a range of selected pictures lies in. */
  readonly among: () => readonly string[];
}

/** One kept picture. */
export const KeptTile = memo(function KeptTile({ head, among, place, count }: KeptTileProps) {
  const selected = useKeptState(({ selection }) => selection.ids.has(head.id));
  const name = pictureInWords(head);
  return (
    <li className="tile kept-tile" data-selected={selected} aria-posinset={place + 1} aria-setsize={count}>
      <div className="frame" style={{ aspectRatio: `${head.width} / ${head.height}` }}>
        <KeptImage head={head} name={name} among={among} />
        <Select entry={[head]} name={name} among={among} />
        <Favourite entry={[head]} name={name} />
      </div>
      <div className="kept-caption">
        <KeptCaption head={head} name={name} />
      </div>
    </li>
  );
});

function KeptCaption({ head, name }: { readonly head: Head; readonly name: string }) {
  const { download, copyPicture, takeSettings, takeSeed } = useKeptActions();
  const taken = useAppState(({ draft }) => draft.seedLocked && draft.seed === String(head.seed));
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
        <Delete entry={[head]} name={name} />
      </div>
    </>
  );
}
