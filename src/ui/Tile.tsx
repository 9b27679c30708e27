import { useEffect, useState } from 'react';
import { pictureFile } from '../store/pictureFile.ts';
import type { Candidate, Picture, Run } from '../store/run.ts';
import { useActions, useAppState } from './context.ts';
import { Icon } from './icons.tsx';
import { PixelCanvas } from './PixelCanvas.tsx';
import { TokenOverlay } from './TokenOverlay.tsx';

interface TileProps {
  readonly run: Run;
  readonly candidate: Candidate;
  /** Among the tiles of its run. */
  readonly place: number;
  readonly best: boolean;
}

/** One candidate: a masked grid over the picture to come, then the picture. */
export function Tile({ run, candidate, place, best }: TileProps) {
  const { tokens, preview, picture } = candidate;
  const { model } = run;
  const file = usePictureAddress(run, picture);
  const [loaded, setLoaded] = useState(false);
  const shown = picture?.image ?? preview;
  const positions = model.grid.rows * model.grid.columns;
  return (
    <li className="tile">
      <div className="frame" style={{ aspectRatio: `${model.image.width} / ${model.image.height}` }}>
        {/* Stays until the file is there to be seen: in between, the tile would be blank. */}
        {shown && !loaded && <PixelCanvas image={shown} />}
        {!picture && (
          <TokenOverlay
            label={`Picture ${place + 1}, ${run.status === 'cancelled' ? 'unfinished' : 'in the making'}`}
            grid={model.grid}
            codebookSize={model.codebookSize}
            tokens={tokens}
            uncovered={preview !== null}
          />
        )}
        {picture && file && (
          <img src={file} alt={describe(run, picture)} draggable onLoad={() => setLoaded(true)} />
        )}
        {best && <span className="best">Best match</span>}
      </div>
      {picture ? (
        <PictureCaption run={run} picture={picture} />
      ) : (
        <>
          <p className="tile-line">
            {positions - maskedCount(tokens, model.codebookSize, positions)} of {positions} tiles set
          </p>
          {run.status !== 'cancelled' && <ActionsRoom />}
        </>
      )}
    </li>
  );
}

function PictureCaption({ run, picture }: { readonly run: Run; readonly picture: Picture }) {
  const { download, takeSeed } = useActions();
  const taken = useAppState(({ draft }) => draft.seedLocked && draft.seed === String(picture.seed));
  const which = <span className="visually-hidden"> of picture {picture.candidate + 1}</span>;
  return (
    <>
      <p className="tile-line">
        <strong title="How close CLIP finds the picture to your words: 1 is the closest">
          CLIP {picture.score.toFixed(2)}
        </strong>
        <span>seed {picture.seed}</span>
      </p>
      <div className="tile-actions">
        <button type="button" className="quiet" onClick={() => void download(run, picture)}>
          <Icon name="download" /> Download<span className="visually-hidden"> PNG</span>
          {which}
        </button>
        <button type="button" className="quiet" onClick={() => takeSeed(picture)}>
          <Icon name={taken ? 'tick' : 'seed'} /> {taken ? 'Seed in use' : 'Use this seed'}
          {which}
        </button>
      </div>
    </>
  );
}

/** As large as the buttons that the picture will have: its arrival moves nothing that someone reads. */
function ActionsRoom() {
  return (
    <div className="tile-actions" data-waiting="true" aria-hidden="true">
      <span className="quiet">
        <Icon name="download" /> Download
      </span>
      <span className="quiet">
        <Icon name="seed" /> Use this seed
      </span>
    </div>
  );
}

/** An address of the very file that is offered for download, so that "save image" saves the settings too. */
function usePictureAddress(run: Run, picture: Picture | null): string | null {
  const [address, setAddress] = useState<string | null>(null);
  const { settings, model } = run;
  useEffect(() => {
    if (!picture) return;
    let made: string | null = null;
    let gone = false;
    void pictureFile({ settings, model }, picture).then((file) => {
      if (gone) return;
      made = URL.createObjectURL(file);
      setAddress(made);
    });
    return () => {
      gone = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [settings, model, picture]);
  return address;
}

function describe({ settings }: Run, { candidate, score }: Picture): string {
  return `Picture ${candidate + 1} for “${settings.prompt.trim().slice(0, 120)}”, CLIP score ${score.toFixed(2)}`;
}

function maskedCount(tokens: Candidate['tokens'], mask: number, positions: number): number {
  if (!tokens) return positions;
  let count = 0;
  for (const token of tokens) if (token === mask) count++;
  return count;
}
