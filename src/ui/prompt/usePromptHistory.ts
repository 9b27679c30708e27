import { type KeyboardEvent, useState } from 'react';
import { type Walk, walked } from '../../store/promptHistory.ts';
import { useActions, useAppState } from '../context.ts';

interface PromptHistory {
  readonly onKeyDown: (event: KeyboardEvent) => void;
  /** Of the prompt in the field among those that were run; null where no walk is on. */
  readonly place: number | null;
}

/** Alt and the up and down arrows walk through the prompts that were run; typing ends the walk. */
export function usePromptHistory(): PromptHistory {
  const prompt = useAppState((state) => state.draft.prompt);
  const prompts = useAppState((state) => state.prompts);
  const { edit } = useActions();
  /** What the last step of a walk put into the field. */
  const [last, setLast] = useState<{ readonly walk: Walk; readonly prompt: string } | null>(null);
  const walk = last?.prompt === prompt ? last.walk : null;

  return {
    place: walk && prompts[walk.place] === prompt ? walk.place : null,
    onKeyDown(event) {
      const towards = event.key === 'ArrowUp' ? 'older' : event.key === 'ArrowDown' ? 'newer' : null;
      if (!towards || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const step = walked(prompts, walk, prompt, towards);
      if (!step) return;
      setLast(step);
      edit({ prompt: step.prompt });
    },
  };
}
