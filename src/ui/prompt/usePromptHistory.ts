import { type KeyboardEvent, useRef } from 'react';
import { type Walk, walked } from '../../store/promptHistory.ts';
import { useActions, useAppState } from '../context.ts';

/** Alt and the up and down arrows walk through the prompts that were run; typing ends the walk. */
export function usePromptHistory(): (event: KeyboardEvent) => void {
  const prompt = useAppState((state) => state.draft.prompt);
  const prompts = useAppState((state) => state.prompts);
  const { edit } = useActions();
  /** What the last step of a walk put into the field. */
  const last = useRef<{ walk: Walk; prompt: string } | null>(null);

  return (event) => {
    const towards = event.key === 'ArrowUp' ? 'older' : event.key === 'ArrowDown' ? 'newer' : null;
    if (!towards || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const walk = last.current?.prompt === prompt ? last.current.walk : null;
    const step = walked(prompts, walk, prompt, towards);
    if (!step) return;
    last.current = step;
    edit({ prompt: step.prompt });
  };
}
