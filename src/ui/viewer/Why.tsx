import { useEffect } from 'react';
import type { Head } from '../../gallery/picture.ts';
import { isSeen } from '../../recipe/reading.ts';
import { gridOf } from '../../recipe/trail.ts';
import { canAsk } from '../../store/lineActions.ts';
import { activeRun } from '../../store/store.ts';
import type { Word } from '../../store/why.ts';
import { useAppState, useKeptActions } from '../context.ts';
import { Icon } from '../kit/icons.tsx';
import '../styles/why.css';
import { percent } from './confidence.ts';
import { RegionOverlay } from './RegionOverlay.tsx';
import { useWhy, type Why as WhyState } from './useWhy.ts';

export interface WhyProps {
  readonly head: Head;
  /** Of the picture's file. */
  readonly address: string;
  /** Shows which tokens are meant, over the picture; null for none. */
  readonly onRegion: (chosen: readonly boolean[] | null) => void;
}

/** Which words of its prompt CLIP sees in a picture, and the way to draw again what stands in their way. */
export function Why({ head, address, onRegion }: WhyProps) {
  const why = useWhy(head);
  const { words, mending, problem } = why;
  const chosen = mending?.chosen ?? null;
  const isOpen = useAppState(({ pack }) => pack.kind === 'ready');
  const isOn = useAppState((state) => activeRun(state) !== null);

  useEffect(() => {
    onRegion(chosen);
    return () => onRegion(null);
  }, [chosen, onRegion]);

  return (
    <section className="phrases" aria-label="Why this one">
      {words && (
        <>
          <p className="viewer-soft">
            How sure CLIP is of each phrase, rather than of the likeliest other of its kind, or of nothing
            said. Below half it was missed.
          </p>
          <ul>
            {words.map((word) => (
              <WordRow key={word.phrase} word={word} why={why} />
            ))}
          </ul>
        </>
      )}
      {!words && problem === null && (
        <p className="viewer-soft" role="status">
          {!isOpen
            ? 'No model is open yet.'
            : isOn
              ? 'CLIP reads the picture when the run has ended.'
              : 'CLIP reads the picture…'}
        </p>
      )}
      {problem !== null && (
        <p className="viewer-soft" role="alert">
          {problem.message} {/* What its recipe lacks, another try does not find. */}
          {!words && problem.code !== 'recipe' && (
            <button type="button" className="quiet" onClick={why.retry}>
              Try again
            </button>
          )}
        </p>
      )}
      {(words || problem) && <Mend {...{ head, address, why }} />}
    </section>
  );
}

function WordRow({ word, why }: { readonly word: Word; readonly why: WhyState }) {
  const { phrase, share, rival } = word;
  const seen = isSeen(word);
  const able = useAppState(canAsk);
  return (
    <li data-seen={seen}>
      <span className="phrases-text" dir="auto">
        {phrase}
      </span>
      <span className="phrases-bar" aria-hidden="true">
        <span style={{ width: `${100 * share}%` }} />
      </span>
      <span className="phrases-share">{percent(share)}</span>
      {!seen && (
        <span className="phrases-missed">
          <span dir="auto">{rival === null ? 'not seen' : `more like ${rival}`}</span>
          <button
            type="button"
            className="quiet"
            disabled={!able}
            aria-pressed={why.mended === word}
            title="Shows which part stands in its way, and draws that again"
            onClick={() => (why.mended === word ? why.leave() : why.find(word))}
          >
            <Icon name="brush" /> Mend<span className="visually-hidden"> {phrase}</span>
          </button>
        </span>
      )}
    </li>
  );
}

/** The part that is to be drawn again, shown before it is. */
function Mend({ head, address, why }: Pick<WhyProps, 'head' | 'address'> & { readonly why: WhyState }) {
  const { mend, paintOver } = useKeptActions();
  const able = useAppState(canAsk);
  const isOn = useAppState((state) => activeRun(state) !== null);
  const { mended, mending } = why;
  const chosen = mending?.chosen ?? null;
  const grid = chosen && gridOf(chosen.length, head);
  return (
    <>
      <button
        type="button"
        className="quiet"
        disabled={!able}
        aria-pressed={mended === 'least sure'}
        title="The quarter of its tokens that the model gave the least probability"
        onClick={() => (mended === 'least sure' ? why.leave() : why.find('least sure'))}
      >
        <Icon name="brush" /> Mend what it was least sure of
      </button>
      <div role="status">
        {mended !== null && (
          <p className="viewer-soft" dir="auto">
            {chosen === null
              ? isOn
                ? 'The part is looked for when the run has ended.'
                : 'Looking for the part…'
              : mended === 'least sure'
                ? 'Marked in the picture: what the model was least sure of. The rest stays.'
                : `Marked in the picture: what stands in the way of “${mended.phrase}”. The rest stays.`}
          </p>
        )}
      </div>
      {mending && chosen && (
        <div className="phrases-doings">
          {grid && (
            <div className="phrases-part" aria-hidden="true">
              <img src={address} alt="" />
              <RegionOverlay chosen={chosen} grid={grid} />
            </div>
          )}
          <button type="button" className="primary" disabled={!able} onClick={() => void mend(head, mending)}>
            {isOn ? 'Add four tries to the line' : 'Draw it again, four times'}
          </button>
          <button type="button" className="quiet" onClick={() => void paintOver(head, mending)}>
            Change the region…
          </button>
        </div>
      )}
    </>
  );
}
