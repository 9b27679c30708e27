import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { Head } from '../../gallery/picture.ts';
import { WORDLESS } from '../../gallery/prompt.ts';
import { idsAround, type Viewed } from '../../store/kept.ts';
import { useActions, useAppState, useKeptActions, useKeptState } from '../context.ts';
import { UndoRemoval } from '../gallery/UndoRemoval.tsx';
import { useKeptImage } from '../gallery/useKeptImage.ts';
import { CopyButton } from '../kit/CopyButton.tsx';
import { Icon } from '../kit/icons.tsx';
import { lazily } from '../kit/lazily.tsx';
import { useModal } from '../kit/useModal.ts';
import { settingsInWords } from '../kit/words.ts';
import { BranchForm } from './BranchForm.tsx';
import { Change } from './Change.tsx';
import { Related } from './Related.tsx';
import { StepBar } from './StepBar.tsx';
import { StepPicture } from './StepPicture.tsx';
import { useSteps } from './useSteps.ts';
import { useSwipe } from './useSwipe.ts';
import { ViewerActions } from './ViewerActions.tsx';

const Why = lazily(() => import('./Why.tsx').then((module) => module.Why));

/** One kept picture as large as the window, with all that is known of it; the arrow keys lead to its neighbours. */
export function Viewer() {
  const viewed = useKeptState((state) => state.viewed);
  const pictures = useKeptState((state) => state.pictures);
  const kept = useKeptState((state) => state.ids);
  const around = useAppState(useShallow(({ runs }) => (viewed ? idsAround(viewed, runs, kept) : [])));
  const head = viewed && pictures.find(({ id }) => id === viewed.id);
  const { view } = useKeptActions();
  const gone = viewed !== null && !head;
  // Deleted in another tab.
  useEffect(() => {
    if (gone) view(null);
  }, [gone, view]);
  if (!viewed || !head) return null;
  const there = new Set(pictures.map(({ id }) => id));
  return <OpenViewer head={head} ids={around.filter((id) => there.has(id))} />;
}

function OpenViewer({ head, ids }: { readonly head: Head; readonly ids: Viewed['ids'] }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const { view } = useKeptActions();
  const { copyPrompt } = useActions();
  const runError = useAppState((state) => state.runError);
  const { address, recipe, steps: trail, problem } = useKeptImage(head);
  const steps = useSteps(head, recipe, trail);
  const [pixelated, setPixelated] = useState(false);
  const [isAsked, setAsked] = useState(false);
  const [region, setRegion] = useState<readonly boolean[] | null>(null);
  useModal(dialog, () => view(null));

  const place = ids.indexOf(head.id);
  // At an end its button is not truly disabled: the focus would be lost with it, and the keys with the focus.
  const go = (to: number) => {
    if (ids[to]) view({ id: ids[to], ids });
  };
  const leave = () => {
    const next = ids[place + 1] ?? ids[place - 1];
    view(next === undefined ? null : { id: next, ids });
  };
  const onKeyDown = ({ key, ctrlKey, metaKey, altKey, target }: KeyboardEvent) => {
    if (ctrlKey || metaKey || altKey) return;
    // A slider has these keys for itself.
    if (target instanceof HTMLInputElement && target.type === 'range') return;
    if (key === 'ArrowLeft') go(place - 1);
    if (key === 'ArrowRight') go(place + 1);
  };
  const swiping = useSwipe((swipe) => {
    if (swipe === 'left') go(place + 1);
    else if (swipe === 'right') go(place - 1);
    else view(null);
  });
  return (
    <dialog
      ref={dialog}
      className="viewer"
      aria-labelledby={heading}
      onClose={() => view(null)}
      onKeyDown={onKeyDown}
    >
      <div className="viewer-stage">
        <div className="viewer-picture" data-pixelated={pixelated} {...swiping}>
          {address && <StepPicture {...{ head, address, steps, region }} />}
          {problem && <p>{problem}</p>}
        </div>
        {steps && <StepBar head={head} steps={steps} />}
      </div>
      <div className="viewer-side">
        <div className="viewer-actions viewer-ways">
          <button type="button" className="quiet" aria-disabled={place <= 0} onClick={() => go(place - 1)}>
            <Icon name="back" /> Previous
          </button>
          <p aria-live="polite">
            {place + 1} of {ids.length}
          </p>
          <button
            type="button"
            className="quiet"
            aria-disabled={place === ids.length - 1}
            onClick={() => go(place + 1)}
          >
            Next <Icon name="forth" />
          </button>
          <button type="button" className="quiet" onClick={() => view(null)}>
            <Icon name="cross" /> Close
          </button>
        </div>
        <div className="viewer-words">
          <h2 id={heading} tabIndex={-1} dir="auto">
            {head.prompt.trim() || WORDLESS}
          </h2>
          {head.prompt.trim() && (
            <CopyButton icon="copy" what="prompt" compact copy={() => copyPrompt(head.prompt)} />
          )}
        </div>
        <p className="viewer-soft">
          <strong>{head.model}</strong>
          {head.score !== null && ` · CLIP ${head.score.toFixed(2)}`}
          {` · ${new Date(head.time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}`}
        </p>
        {/* With what is avoided, seed and all. */}
        <p className="viewer-soft">{recipe ? settingsInWords(recipe) : `seed ${head.seed}`}</p>
        <button
          type="button"
          className="quiet viewer-why"
          aria-expanded={isAsked}
          title="Which words of the prompt CLIP sees in it"
          onClick={() => setAsked(!isAsked)}
        >
          <Icon name="ask" /> Why this one
        </button>
        {isAsked && address && <Why key={head.id} {...{ head, address }} onRegion={setRegion} />}
        <Related head={head} />
        {steps && recipe && <BranchForm key={head.id} head={head} recipe={recipe} steps={steps} />}
        <Change head={head} />
        <ViewerActions head={head} recipe={recipe} leave={leave} />
        <label className="viewer-soft">
          <input type="checkbox" checked={pixelated} onChange={() => setPixelated(!pixelated)} /> Show its
          pixels
        </label>
        {runError && <p role="alert">{runError.message}</p>}
        <UndoRemoval />
      </div>
    </dialog>
  );
}
