import { useEffect, useId, useRef } from 'react';
import { useActions, useAppState } from './context.ts';

/** The prompt, examples to click, and what is wrong with it or was cut from it. */
export function PromptField() {
  const prompt = useAppState((state) => state.draft.prompt);
  const complaint = useAppState((state) => (state.complaint?.field === 'prompt' ? state.complaint : null));
  const { edit } = useActions();
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();

  // The page is about this field: whoever arrives can type at once.
  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    if (complaint) field.current?.focus();
  }, [complaint]);

  return (
    <div className="prompt">
      <label htmlFor={id}>Prompt</label>
      <textarea
        id={id}
        ref={field}
        rows={3}
        value={prompt}
        placeholder="Describe a face …"
        aria-invalid={complaint !== null}
        aria-describedby={`${id}-notes`}
        onChange={(event) => edit({ prompt: event.target.value })}
      />
      <div id={`${id}-notes`} aria-live="polite">
        {complaint && <p className="complaint">{complaint.message}</p>}
        <CutNotice />
      </div>
      <Examples />
    </div>
  );
}

/** Shown as long as the prompt stands as it was when CLIP could not read all of it. */
function CutNotice() {
  const cut = useAppState(({ runs, draft }) =>
    runs[0]?.settings.prompt === draft.prompt ? runs[0].cut : null,
  );
  if (!cut) return null;
  const rest = cut.unused === 1 ? 'last one of yours is' : `last ${cut.unused} of yours are`;
  return (
    <p className="notice">
      CLIP reads {cut.limit} tokens; the {rest} not used.
    </p>
  );
}

function Examples() {
  const examples = useAppState((state) => state.manifest?.examples);
  const { edit } = useActions();
  const id = useId();
  if (!examples) return <div className="examples-room" />;
  if (!examples.length) return null;
  return (
    <div className="examples">
      <p id={id}>Or begin with one of these</p>
      <ul aria-labelledby={id}>
        {examples.map((example) => (
          <li key={example}>
            <button type="button" className="chip" onClick={() => edit({ prompt: example })}>
              {example}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
