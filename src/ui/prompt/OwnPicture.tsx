import { useState } from 'react';
import { quoted } from '../../quote.ts';
import { canAsk } from '../../store/lineActions.ts';
import { useActions, useAppState } from '../context.ts';
import { PixelCanvas } from '../gallery/PixelCanvas.tsx';
import { Icon } from '../kit/icons.tsx';
import { Range } from '../kit/Range.tsx';

/** A picture that brought no recipe, and what can be done with it. */
export function OwnPicture() {
  const own = useAppState((state) => state.own);
  const able = useAppState(canAsk);
  const hasPrompt = useAppState((state) => state.draft.prompt.trim() !== '');
  const { openOwn, likeOwn, dismissOwn } = useActions();
  const [share, setShare] = useState(0.5);
  if (!own) return null;
  const { file, preview, note, busy } = own;
  return (
    <section className="opened own-picture" aria-label="Your picture">
      <PixelCanvas image={preview} />
      <div>
        <p>
          <strong>{quoted(file.name)}</strong>
        </p>
        <p className="hint">
          {note} Parts of it can be drawn anew all the same, and others can be made like it: their recipes
          keep what CLIP sees in it, not the picture.
        </p>
      </div>
      {hasPrompt && (
        <Range
          label="Share of the picture, in %"
          value={Math.round(100 * share)}
          min={10}
          max={100}
          step={10}
          note={share === 1 ? 'without the prompt' : null}
          onChange={(percent) => setShare(percent / 100)}
        />
      )}
      <div className="opened-actions">
        <button
          type="button"
          className="quiet"
          disabled={!able}
          aria-disabled={busy}
          onClick={() => void likeOwn(hasPrompt ? share : 1)}
        >
          <Icon name="picture" /> More like it
        </button>
        <button
          type="button"
          className="quiet"
          disabled={!able}
          aria-disabled={busy}
          onClick={() => void openOwn()}
        >
          <Icon name="brush" /> {busy ? 'The model looks at it…' : 'Repaint a part…'}
        </button>
        <button type="button" className="quiet" onClick={dismissOwn}>
          Close
        </button>
      </div>
    </section>
  );
}
