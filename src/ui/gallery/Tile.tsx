import { useEffect, useState } from 'react';
import { recipeText } from '../../store/copyActions.ts';
import { idsOfRuns, keptPlace } from '../../store/kept.ts';
import { pictureFile } from '../../store/pictureFile.ts';
import { type Candidate, type Picture, type Run, type RunModel, titleOf } from '../../store/run.ts';
import { promptOf } from '../../store/settings.ts';
import { useActions, useAppState, useKeptState } from '../context.ts';
import { CopyButton } from '../kit/CopyButton.tsx';
import { IconButton } from '../kit/IconButton.tsx';
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
          {/* As large as the buttons that the picture will have: its arrival moves nothing that someone reads. */}
          {run.status !== 'cancelled' && <div className="tile-actions" />}
        </>
      )}
    </li>
  );
}

function PictureCaption({ run, picture }: { readonly run: Run; readonly picture: Picture }) {
  const { download, takeSeed, copyLink, copyPicture } = useActions();
  const taken = useAppState(({ draft }) => draft.seedLocked && draft.seed === String(picture.recipe.seed));
  const own = promptOf(picture.recipe);
  const which = `of picture ${picture.index + 1}`;
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
        <IconButton
          icon="download"
          title="Download"
          name={`Download PNG ${which}`}
          onClick={() => void download(run, picture)}
        />
        <CopyButton
          icon="copy"
          what="picture"
          of={which}
          compact
          copy={() =>
            copyPicture(
              pictureFile(run.model, picture).then((png) => ({
                png,
                text: recipeText(picture.recipe, run.model.image),
              })),
            )
          }
        />
        <CopyButton
          icon="link"
          what="link"
          of={which}
          compact
          copy={() => copyLink(picture.recipe, run.model.packUrl)}
        />
        <IconButton
          icon={taken ? 'tick' : 'seed'}
          title={taken ? 'Seed in use' : 'Use this seed'}
          name={`${taken ? 'Seed in use' : 'Use this seed'} ${which}`}
          onClick={() => takeSeed(picture)}
        />
      </div>
    </>
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
