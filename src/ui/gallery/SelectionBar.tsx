import { useEffect } from 'react';
import type { Head } from '../../gallery/picture.ts';
import { canAsk } from '../../store/lineActions.ts';
import { nothingSelected } from '../../store/selection.ts';
import { useAppState, useKeptActions, useKeptState } from '../context.ts';
import { Icon } from '../kit/icons.tsx';

/** What can be done with several pictures at once; Esc ends it. @param shown all that can be selected */
export function SelectionBar({ shown }: { readonly shown: readonly Head[] }) {
  const selection = useKeptState((state) => state.selection);
  const { select, downloadAll, setFavourite, remove, morph, film } = useKeptActions();
  const able = useAppState(canAsk);
  // What a search hides is not meant.
  const chosen = shown.filter(({ id }) => selection.ids.has(id));
  const open = chosen.length > 0;

  /** The bar's buttons leave with it: the keyboard goes on at the picture chosen last. */
  const end = () => {
    const { anchor } = selection;
    const last = document.querySelector<HTMLElement>(`[data-picture="${anchor}"]`);
    (last ?? document.querySelector<HTMLElement>('.kept-tools input'))?.focus({ preventScroll: true });
    select(nothingSelected);
  };

  useEffect(() => {
    if (!open) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.isComposing || document.querySelector('dialog:modal')) return;
      // It cancels a run as well: the next one does that.
      event.stopImmediatePropagation();
      end();
    };
    addEventListener('keydown', onKeyDown, { capture: true });
    return () => removeEventListener('keydown', onKeyDown, { capture: true });
  });

  if (!open) return null;
  const ids = chosen.map(({ id }) => id);
  const allFavourites = chosen.every(({ favourite }) => favourite);
  return (
    <section className="floating" aria-label="Selected pictures">
      <p aria-live="polite">
        {chosen.length}
        <span className="floating-name"> selected</span>
      </p>
      {chosen.length < shown.length && (
        <button
          type="button"
          className="quiet"
          onClick={() => select({ ids: new Set(shown.map(({ id }) => id)), anchor: selection.anchor })}
        >
          All
        </button>
      )}
      <button type="button" className="quiet" title="One archive" onClick={() => void downloadAll(chosen)}>
        <Icon name="download" /> <span className="floating-word">Download</span>
      </button>
      {chosen.length === 2 && (
        <button
          type="button"
          className="quiet"
          disabled={!able}
          title="Nine pictures side by side, from what the one shows to what the other does"
          onClick={() => {
            // In the order in which they were made.
            void morph(chosen[1], chosen[0]);
            select(nothingSelected);
          }}
        >
          <Icon name="forth" /> <span className="floating-name">Morph</span>
        </button>
      )}
      {chosen.length === 2 && (
        <button
          type="button"
          className="quiet"
          disabled={!able}
          title="Seventeen pictures that move: each goes on from the one before, and the last is the other one itself"
          onClick={() => {
            void film(chosen[1], chosen[0]);
            select(nothingSelected);
          }}
        >
          <Icon name="play" /> <span className="floating-name">Film</span>
        </button>
      )}
      <button
        type="button"
        className="quiet"
        aria-pressed={allFavourites}
        title="Favourite"
        onClick={() => void setFavourite(ids, !allFavourites)}
      >
        <Icon name="star" /> <span className="floating-word">Favourite</span>
      </button>
      <button
        type="button"
        className="quiet"
        title="Delete"
        onClick={() => {
          void remove(ids);
          select(nothingSelected);
        }}
      >
        <Icon name="bin" /> <span className="floating-word">Delete</span>
      </button>
      <button type="button" className="quiet" title="Clear the selection" onClick={end}>
        <Icon name="cross" /> <span className="floating-word">Clear</span>
      </button>
    </section>
  );
}
