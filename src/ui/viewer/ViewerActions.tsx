import type { Head } from '../../gallery/picture.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { useActions, useAppState, useKeptActions } from '../context.ts';
import { CopyButton } from '../kit/CopyButton.tsx';
import { Icon } from '../kit/icons.tsx';

interface ViewerActionsProps {
  readonly head: Head;
  /** Of the picture; null while it is read, and where it cannot be. */
  readonly recipe: Recipe | null;
  /** Shows the next picture, as this one goes. */
  readonly leave: () => void;
}

/** All that can be done with the picture that is seen large. */
export function ViewerActions({ head, recipe, leave }: ViewerActionsProps) {
  const { view, download, copyLink, copyPicture, takeSettings, takeSeed, setFavourite, remove } =
    useKeptActions();
  const taken = useAppState(({ draft }) => draft.seedLocked && draft.seed === String(head.seed));
  const { copySeed } = useActions();
  return (
    <div className="viewer-doings">
      <button type="button" className="quiet" onClick={() => void download(head)}>
        <Icon name="download" /> Download
      </button>
      <CopyButton icon="copy" what="picture" copy={() => copyPicture(head)} />
      <CopyButton
        icon="link"
        what="link"
        disabled={!recipe}
        copy={async () => recipe !== null && copyLink(recipe)}
      />
      <button
        type="button"
        className="quiet"
        onClick={() => {
          view(null);
          void takeSettings(head);
        }}
      >
        <Icon name="settings" /> Use these settings
      </button>
      <button type="button" className="quiet" onClick={() => takeSeed(head)}>
        <Icon name={taken ? 'tick' : 'seed'} /> {taken ? 'Seed in use' : 'Use this seed'}
      </button>
      <CopyButton icon="copy" what="seed" copy={() => copySeed(head.seed)} />
      <button
        type="button"
        className="quiet"
        aria-pressed={head.favourite}
        onClick={() => void setFavourite([head.id], !head.favourite)}
      >
        <Icon name="star" /> Favourite
      </button>
      <button
        type="button"
        className="quiet"
        onClick={() => {
          leave();
          void remove([head.id]);
        }}
      >
        <Icon name="bin" /> Delete
      </button>
    </div>
  );
}
