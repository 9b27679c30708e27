import { useId } from 'react';
import { useActions, useAppState } from './context.ts';

/** Prompts of the open model to begin with. */
export function Examples() {
  const examples = useAppState((state) => state.manifest?.examples);
  const { edit } = useActions();
  const id = useId();
  if (!examples) return <div className="examples-room" />;
  if (!examples.length) return null;
  return (
    <div className="examples">
      <p id={id}>Try one</p>
      <ul aria-labelledby={id}>
        {examples.map((example) => (
          <li key={example}>
            <button type="button" className="chip" dir="auto" onClick={() => edit({ prompt: example })}>
              {example}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
