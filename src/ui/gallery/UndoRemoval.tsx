import { useEffect, useRef } from 'react';
import { useKeptActions, useKeptState } from '../context.ts';

/** What was deleted last can be had back. */
export function UndoRemoval() {
  const count = useKeptState((state) => state.removed.length);
  const { undo, leaveRemoved } = useKeptActions();
  const button = useRef<HTMLButtonElement>(null);
  // Where no picture is left to go on with, the focus would be nowhere.
  useEffect(() => {
    if (count && document.activeElement === document.body) button.current?.focus();
  }, [count]);
  if (!count) return null;
  return (
    <section className="floating" aria-label="Deleted pictures">
      <p>{count === 1 ? 'Picture deleted' : `${count} pictures deleted`}</p>
      <button ref={button} type="button" className="quiet" onClick={() => void undo()}>
        Undo
      </button>
      <button type="button" className="quiet" onClick={leaveRemoved}>
        Dismiss
      </button>
    </section>
  );
}
