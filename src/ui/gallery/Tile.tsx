import { recipeText } from '../../store/copyActions.ts';
import { pictureFile } from '../../store/pictureFile.ts';
import { type Candidate, type Picture, type Run, titleOf } from '../../store/run.ts';
import { promptOf } from '../../store/settings.ts';
import { useActions, useAppState } from '../context.ts';
import { CopyButton } from '../kit/CopyButton.tsx';
import { IconButton } from '../kit/IconButton.tsx';
import { PictureFrame } from './PictureFrame.tsx';

interface TileProps {
  readonly run: Run;
  readonly candidate: Candidate;
  /** Among the tiles of its run. */
  readonly place: number;
  readonly best: boolean;
}

/** One candidate: a masked grid over the picture to come, then the picture. */
export function Tile({ run, candidate, place, best }: TileProps) {
  const { tokens, picture } = candidate;
  const { model } = run;
  const positions = model.grid.rows * model.grid.columns;
  return (
    <li className="tile">
      <PictureFrame
        run={run}
        candidate={candidate}
        unmade={`Picture ${place + 1}, ${run.status === 'cancelled' ? 'unfinished' : 'in the making'}`}
        made={describe}
      >
        {best && <span className="best">Best match</span>}
      </PictureFrame>
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
      {own && own !== titleOf(run) && (
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

function describe({ index, recipe, score }: Picture): string {
  const prompt = promptOf(recipe).trim().slice(0, 120);
  return `Picture ${index + 1}${prompt && ` for “${prompt}”`}, CLIP score ${score.toFixed(2)}`;
}

function maskedCount(tokens: Candidate['tokens'], mask: number, positions: number): number {
  if (!tokens) return positions;
  let count = 0;
  for (const token of tokens) if (token === mask) count++;
  return count;
}
