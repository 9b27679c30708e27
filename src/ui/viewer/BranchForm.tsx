import { type FormEvent, useId, useState } from 'react';
import type { Head } from '../../gallery/picture.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { canAsk } from '../../store/lineActions.ts';
import { maxGuidance } from '../../store/settings.ts';
import { useAppState, useKeptActions } from '../context.ts';
import { Icon } from '../kit/icons.tsx';
import { Range } from '../kit/Range.tsx';
import type { Steps } from './useSteps.ts';

interface BranchFormProps {
  readonly head: Head;
  readonly recipe: Recipe;
  readonly steps: Steps;
}

/** On from the step that is shown with another prompt, guidance or number of steps. */
export function BranchForm({ head, recipe, steps: { step, last } }: BranchFormProps) {
  const { branch } = useKeptActions();
  const able = useAppState(canAsk);
  const timesteps = useAppState((state) => state.manifest?.timesteps) ?? recipe.steps;
  const [text, setText] = useState(head.prompt);
  const [guidance, setGuidance] = useState(recipe.guidance);
  const [count, setCount] = useState(recipe.steps);
  const id = useId();
  const isOther = text.trim() !== head.prompt.trim();
  const isWordless = isOther && !text.trim();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!able || step === last || isWordless) return;
    // Words that stay may stand for more than they say: an embedding, or a mix.
    const condition = isOther && ({ kind: 'text', text } as const);
    void branch(head, step, { guidance, steps: count, ...(condition && { condition }) });
  };
  return (
    <details className="advanced branch-form">
      <summary>Branch with other words or settings</summary>
      <form onSubmit={submit}>
        <label className="viewer-soft" htmlFor={id}>
          Prompt from there on
        </label>
        <textarea id={id} rows={2} dir="auto" value={text} onChange={({ target }) => setText(target.value)} />
        <Range
          label="Guidance"
          value={guidance}
          min={0}
          max={maxGuidance}
          step={0.05}
          onChange={setGuidance}
        />
        <Range
          label="Steps of a whole picture"
          value={count}
          min={1}
          max={timesteps}
          step={1}
          onChange={setCount}
        />
        <button type="submit" className="quiet" disabled={!able || step === last || isWordless}>
          <Icon name="forth" /> {step === last ? 'Go to an earlier step first' : `Branch from step ${step}`}
        </button>
      </form>
    </details>
  );
}
