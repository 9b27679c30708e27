import { type CSSProperties, useId, useState } from 'react';
import type { Head } from '../../gallery/picture.ts';
import type { StepTokens } from '../../gallery/steps.ts';
import { type Variation, variations } from '../../recipe/vary.ts';
import { canAsk } from '../../store/lineActions.ts';
import { useAppState, useKeptActions } from '../context.ts';
import { Icon } from '../kit/icons.tsx';

interface RelatedProps {
  readonly head: Head;
  /** Of the picture; null while they are read, and where they are not known. */
  readonly steps: StepTokens | null;
}

/** Pictures that come of one. */
export function Related({ head, steps }: RelatedProps) {
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
        className="quiet"
        title="Paint over what should be drawn again; the rest stays"
        onClick={() => void paintOver(head)}
      >
        <Icon name="brush" /> Repaint a part…
      </button>
      {steps && steps.rows.length > 1 && <Branch key={head.id} head={head} steps={steps} />}
    </fieldset>
  );
}

/** Back to one of the picture's steps, and on from there by other seeds. */
function Branch({ head, steps: { rows, mask } }: { readonly head: Head; readonly steps: StepTokens }) {
  const { branch } = useKeptActions();
  const [step, setStep] = useState(Math.floor(rows.length / 2));
  const slider = useId();
  const row = rows[step - 1];
  const isSet = row.filter((token) => token !== mask).length;
  return (
    <>
      <label className="viewer-soft" htmlFor={slider}>
        After step {step} of {rows.length}: {isSet} of {row.length} tokens set
      </label>
      <input
        id={slider}
        type="range"
        min={1}
        max={rows.length - 1}
        value={step}
        style={{ '--share': (step - 1) / Math.max(1, rows.length - 2) } as CSSProperties}
        onChange={({ target }) => setStep(Number(target.value))}
      />
      <button
        type="button"
        className="quiet"
        title="Other pictures with the tokens that this one had by then"
        onClick={() => void branch(head, step)}
      >
        <Icon name="forth" /> Branch from here
      </button>
    </>
  );
}
