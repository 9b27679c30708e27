import { useId } from 'react';
import { MAX_TEXT } from '../../recipe/condition.ts';
import { avoidsNothing } from '../../store/settings.ts';
import { useActions, useAppState } from '../context.ts';

/** The negative prompt. */
export function AvoidField() {
  const avoid = useAppState((state) => state.draft.avoid);
  const isIdle = useAppState(({ draft }) => avoidsNothing(draft));
  const { edit } = useActions();
  const id = useId();
  return (
    <div className="avoid">
      <label htmlFor={id}>Avoid</label>
      <textarea
        id={id}
        rows={2}
        dir="auto"
        value={avoid}
        maxLength={MAX_TEXT}
        aria-describedby={`${id}-hint`}
        onChange={(event) => edit({ avoid: event.target.value })}
      />
      <p id={`${id}-hint`} className={isIdle ? 'notice' : 'hint'}>
        {isIdle ? 'Has no effect while guidance is off (1).' : 'What the pictures should not show'}
      </p>
    </div>
  );
}
