import { quoted } from '../../quote.ts';
import { canAsk } from '../../store/lineActions.ts';
import { useActions, useAppState } from '../context.ts';
import { PixelCanvas } from '../gallery/PixelCanvas.tsx';
import { Icon } from '../kit/icons.tsx';

/** A picture that brought no recipe, and what can be done with it. */
export function OwnPicture() {
  const own = useAppState((state) => state.own);
  const able = useAppState(canAsk);
  const { openOwn, dismissOwn } = useActions();
  if (!own) return null;
  const { file, preview, note, busy } = own;
  return (
    <section className="opened own-picture" aria-label="Your picture">
      <PixelCanvas image={preview} />
      <div>
        <p>
          <strong>{quoted(file.name)}</strong>
        </p>
        <p className="hint">{note} Parts of it can be drawn anew all the same.</p>
      </div>
      <div className="opened-actions">
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
