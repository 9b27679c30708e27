import { useEffect, useId, useRef } from 'react';
import { seedComplaint } from '../../store/settings.ts';
import { useActions, useAppState } from '../context.ts';
import { Icon } from '../kit/icons.tsx';

/** The next run's seed: typed, diced, or drawn anew for every run unless it is locked. */
export function SeedField() {
  const seed = useAppState((state) => state.draft.seed);
  const locked = useAppState((state) => state.draft.seedLocked);
  const complaint = useAppState((state) => (state.complaint?.field === 'seed' ? state.complaint : null));
  const { edit, rollSeed } = useActions();
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const wrong = seedComplaint(seed);

  useEffect(() => {
    if (complaint) field.current?.focus();
  }, [complaint]);

  return (
    <div className="seed">
      <label htmlFor={id}>Seed</label>
      <div className="seed-row">
        <input
          id={id}
          ref={field}
          inputMode="numeric"
          autoComplete="off"
          value={seed}
          aria-invalid={wrong !== null}
          aria-describedby={`${id}-notes`}
          onChange={(event) => edit({ seed: event.target.value })}
        />
        <button type="button" className="square" title="Roll a new seed" onClick={rollSeed}>
          <Icon name="dice" />
          <span className="visually-hidden">Random seed</span>
        </button>
        <button
          type="button"
          className="square"
          title={locked ? 'Kept until you unlock it' : 'New for every run'}
          aria-pressed={locked}
          onClick={() => edit({ seedLocked: !locked })}
        >
          <Icon name={locked ? 'locked' : 'unlocked'} />
          <span className="visually-hidden">Keep this seed</span>
        </button>
      </div>
      <p id={`${id}-notes`} className={wrong ? 'complaint' : 'hint'} aria-live="polite">
        {wrong ??
          (locked
            ? 'The same seed and settings make the same pictures.'
            : 'New for every run; lock it to keep it.')}
      </p>
    </div>
  );
}
