import type { Head } from '../../gallery/picture.ts';
import { type Variation, variations } from '../../recipe/vary.ts';
import { canAsk } from '../../store/lineActions.ts';
import { useAppState, useKeptActions } from '../context.ts';
import { Icon } from '../kit/icons.tsx';

/** Pictures that come of one. */
export function Related({ head }: { readonly head: Head }) {
  const { vary, moreLike, paintOver } = useKeptActions();
  const able = useAppState(canAsk);
  return (
    <fieldset className="viewer-related" disabled={!able}>
      <legend className="viewer-soft">Make four more</legend>
      {(Object.keys(variations) as Variation[]).map((variation) => (
        <button
          key={variation}
          type="button"
          className="quiet"
          title={`${Math.round(100 * variations[variation])} % of its tokens are drawn again`}
          onClick={() => void vary(head, variation)}
        >
          <Icon name="dice" /> Vary {variation}
        </button>
      ))}
      <button
        type="button"
        className="quiet"
        title="New pictures that look to CLIP as this one does"
        onClick={() => void moreLike(head)}
      >
        <Icon name="picture" /> More like this
      </button>
      <button
        type="button"
        className="quiet viewer-row"
        title="Paint over what should be drawn again; the rest stays"
        onClick={() => void paintOver(head)}
      >
        <Icon name="brush" /> Repaint a part…
      </button>
    </fieldset>
  );
}
