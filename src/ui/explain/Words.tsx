import { useEffect, useId, useState } from 'react';
import type { Explainer } from '../../store/explainer.ts';
import { useAppState } from '../context.ts';
import { Icon } from '../kit/icons.tsx';
import { useExplained } from './useExplained.ts';

/** What all the experiments are made of: words and a seed, the same for all. */
export function Words({ explainer }: { readonly explainer: Explainer }) {
  const id = useId();
  const prompt = useExplained(explainer, (state) => state.prompt);
  const seed = useExplained(explainer, (state) => state.seed);
  const example = useAppState((state) => state.manifest?.examples[0]);
  const [text, setText] = useState(prompt);
  useEffect(() => setText(prompt), [prompt]);
  /** Written to its end: while it is being written, what is shown is still of the words before. */
  const take = () => {
    if (text.trim() !== prompt) explainer.write(text.trim());
  };
  return (
    <form
      className="explainer-words"
      onSubmit={(event) => {
        event.preventDefault();
        take();
      }}
    >
      <label htmlFor={id}>The words</label>
      <input
        id={id}
        type="text"
        dir="auto"
        maxLength={300}
        placeholder={example}
        value={text}
        onChange={({ target }) => setText(target.value)}
        onBlur={take}
      />
      <button type="button" className="quiet" title={`Now it is seed ${seed}`} onClick={explainer.reseed}>
        <Icon name="dice" /> Another seed
      </button>
    </form>
  );
}
