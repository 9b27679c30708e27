import { useRef, useState } from 'react';
import { activeRun } from '../../store/store.ts';
import { useActions, useAppState } from '../context.ts';
import { Icon } from '../kit/icons.tsx';
import { askToNotify, canNotify, isDenied } from '../kit/notify.ts';

/** Runs that are over sooner are waited for. */
const longRun = 10;

/** Offered while a long run is on; it asks for the permission only when it is clicked, and waits for no answer. */
export function TellWhenDone() {
  const run = useAppState(activeRun);
  const wanted = useAppState((state) => state.tellWhenDone);
  const { tellWhenDone } = useActions();
  const [denied, setDenied] = useState(isDenied);
  /** The run that it was offered for: it stays until that ends, however little is left. */
  const offered = useRef<number | null>(null);

  if (!run || !canNotify()) return null;
  if ((run.progress.secondsLeft ?? 0) >= longRun) offered.current = run.id;
  if (offered.current !== run.id) return null;
  return (
    <div className="tell-when-done">
      <button
        type="button"
        className="link"
        aria-pressed={wanted}
        onClick={() => {
          tellWhenDone(!wanted);
          if (!wanted) void askToNotify().then(() => setDenied(isDenied()));
        }}
      >
        <Icon name={wanted ? 'tick' : 'bell'} /> Tell me when it’s done
      </button>
      <p role="status">
        {wanted && denied && 'Your browser blocks notifications of this page: look at the tab’s title.'}
      </p>
    </div>
  );
}
