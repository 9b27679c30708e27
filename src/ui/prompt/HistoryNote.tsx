import type { RefObject } from 'react';
import { useActions, useAppState } from '../context.ts';

interface HistoryNoteProps {
  /** Of the prompt in the field, among those that were run. */
  readonly place: number;
  readonly field: RefObject<HTMLTextAreaElement | null>;
}

/** Where one is among the prompts that were run, and the way to forget them all. */
export function HistoryNote({ place, field }: HistoryNoteProps) {
  const count = useAppState((state) => state.prompts.length);
  const { forgetPrompts } = useActions();
  return (
    <p className="notice history-note">
      {place + 1} of {count} prompts that you ran
      <button
        type="button"
        className="link"
        onClick={() => {
          forgetPrompts();
          // The button leaves with them.
          field.current?.focus({ preventScroll: true });
        }}
      >
        Forget them all
      </button>
    </p>
  );
}
