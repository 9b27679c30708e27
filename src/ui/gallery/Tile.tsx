import { useEffect, useState } from 'react';
import { idsOfRuns, keptPlace } from '../../store/kept.ts';
import { pictureFile } from '../../store/pictureFile.ts';
import { type Candidate, type Picture, type Run, type RunModel, titleOf } from '../../store/run.ts';
import { promptOf } from '../../store/settings.ts';
import { useActions, useAppState, useKeptState } from '../context.ts';
import { Icon } from '../kit/icons.tsx';
import { PixelCanvas } from './PixelCanvas.tsx';
import { TokenOverlay } from './TokenOverlay.tsx';
import { ViewLink } from './ViewLink.tsx';

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
  const file = usePictureAddress(run.model, picture);
  const keptIds = useKeptState((state) => state.ids);
  const kept = (picture && keptIds.get(keptPlace(run, picture.index))) ?? null;
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
          <ViewLink id={kept} address={file} among={() => idsOfRuns([run], keptIds)}>
            <img src={file} alt={describe(picture)} draggable onLoad={() => setLoaded(true)} />
          </ViewLink>
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
  const taken = useAppState(({ draft }) => draft.seedLocked && draft.seed === String(picture.recipe.seed));
  const own = promptOf(picture.recipe);
  const which = <span className="visually-hidden"> of picture {picture.index + 1}</span>;
  return (
    <>
      {own !== titleOf(run) && (
        <p className="tile-line" dir="auto">
          {own}
        </p>
      )}
      <p className="tile-line">
        <strong title="How close CLIP finds the picture to your words: 1 is the closest">
          CLIP {picture.score.toFixed(2)}
        </strong>
        <span>seed {picture.recipe.seed}</span>
      </p>
      <div className="tile-actions">
        <button type="button" className="quiet" onClick={() => void download(run, picture)}>
          <Icon name="download" /> Download<span className="visually-hidden"> PNG</span>
          {which}
        </button>
        <CopyLink run={run} picture={picture} />
        <button type="button" className="quiet" onClick={() => takeSeed(picture)}>
          <Icon name={taken ? 'tick' : 'seed'} /> {taken ? 'Seed in use' : 'Use this seed'}
          {which}
        </button>
      </div>
    </>
  );
}

/** Milliseconds for which the button says that it did. */
const copiedFor = 2000;

function CopyLink({ run, picture }: { readonly run: Run; readonly picture: Picture }) {
  const { copyLink } = useActions();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), copiedFor);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      className="quiet icon-only"
      title={copied ? 'Link copied' : 'Copy link'}
      onClick={async () => setCopied(await copyLink(picture.recipe, run.model.packUrl))}
    >
      <Icon name={copied ? 'tick' : 'link'} />
      <span className="visually-hidden">
        {copied ? 'Link copied' : 'Copy link'} of picture {picture.index + 1}
      </span>
    </button>
  );
}

/** As large as the buttons that the picture will have: its arrival moves nothing that someone reads. */
function ActionsRoom() {
  return (
    <div className="tile-actions" data-waiting="true" aria-hidden="true">
      <span className="quiet">
        <Icon name="download" /> Download
      </span>
      <span className="quiet icon-only">
        <Icon name="link" />
      </span>
      <span className="quiet">
        <Icon name="seed" /> Use this seed
      </span>
    </div>
  );
}

/** An address of the very file that is offered for download, so that "save image" saves the settings too. */
function usePictureAddress(model: RunModel, picture: Picture | null): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (!picture) return;
    let made: string | null = null;
    let gone = false;
    void pictureFile(model, picture).then((file) => {
      if (gone) return;
      made = URL.createObjectURL(file);
      setAddress(made);
    });
    return () => {
      gone = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [model, picture]);
  return address;
}

function describe({ index, recipe, score }: Picture): string {
  return `Picture ${index + 1} for “${promptOf(recipe).trim().slice(0, 120)}”, CLIP score ${score.toFixed(2)}`;
}

function maskedCount(tokens: Candidate['tokens'], mask: number, positions: number): number {
  if (!tokens) return positions;
  let count = 0;
  for (const token of tokens) if (token === mask) count++;
  return count;
}
