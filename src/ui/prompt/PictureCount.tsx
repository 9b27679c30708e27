import { useId } from 'react';
import { maxCandidates } from '../../store/settings.ts';
import { useActions, useAppState } from '../context.ts';
import { picturesInWords } from '../kit/words.ts';

const counts = Array.from({ length: maxCandidates }, (_, i) => i + 1);

/** How many pictures a run makes, beside the button that makes them. */
export function PictureCount() {
  const count = useAppState((state) => state.draft.candidates);
  const opened = useAppState((state) => state.manifest !== null);
  const { edit } = useActions();
  const id = useId();
  return (
    <div className="picture-count">
      <label htmlFor={id} className="visually-hidden">
        How many pictures
      </label>
      <select
        id={id}
        value={count}
        title="How many pictures"
        disabled={!opened}
        onChange={(event) => edit({ candidates: Number(event.target.value) })}
      >
        {counts.map((each) => (
          <option key={each} value={each}>
            {picturesInWords(each)}
          </option>
        ))}
      </select>
    </div>
  );
}
