import { useId } from 'react';
import { useActions, useAppState } from '../context.ts';

/** Prompts of the open model to begin with. */
export function Examples() {
  const examples = useAppState((state) => state.manifest?.examples);
  const { edit } = useActions();
  const id = useId();
  if (!examples) return <Room />;
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

/** What a model has as a rule, so that the form does not jump when they arrive. */
const placesKept = 6;

function Room() {
  return (
    <div className="examples" aria-hidden="true">
      <p>Try one</p>
      <ul>
        {Array.from({ length: placesKept }, (_, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
          <li key={place} className="chip-room" />
        ))}
      </ul>
    </div>
  );
}
