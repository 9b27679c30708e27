import { type RefObject, useId, useState } from 'react';
import { isEmpty, type WaitingJob } from '../../store/line.ts';
import type { AppState } from '../../store/store.ts';
import { useActions, useAppState } from '../context.ts';
import { IconButton } from '../kit/IconButton.tsx';
import { picturesInWords } from '../kit/words.ts';

/** What is made after the run at hand; on a phone its list is opened by whoever wants to see it. */
export function WaitingLine({ primary }: { readonly primary: RefObject<HTMLButtonElement | null> }) {
  const line = useAppState((state) => state.line);
  const halt = useAppState(haltInWords);
  const isReady = useAppState((state) => state.pack.kind === 'ready');
  const { clearLine, goOn } = useActions();
  const [isOpen, setOpen] = useState(() => !matchMedia('(max-width: 56rem)').matches);
  const id = useId();
  const { waiting } = line;
  if (isEmpty(line) || (!waiting.length && halt === null)) return null;
  /** For when the button that was pressed leaves with the line. */
  const keepFocus = () => primary.current?.focus({ preventScroll: true });
  return (
    <section className="line" aria-label="What waits">
      {halt !== null && (
        <div className="line-halt">
          <p>{halt}</p>
          <button
            type="button"
            className="quiet"
            disabled={!isReady}
            onClick={() => {
              keepFocus();
              void goOn();
            }}
          >
            Go on
          </button>
        </div>
      )}
      <div className="line-head">
        {waiting.length > 0 && (
          <button
            type="button"
            className="line-count"
            aria-expanded={isOpen}
            aria-controls={id}
            onClick={() => setOpen(!isOpen)}
          >
            {waiting.length} waiting
          </button>
        )}
        <button
          type="button"
          className="link"
          onClick={() => {
            keepFocus();
            clearLine();
          }}
        >
          Clear the line
        </button>
      </div>
      <ol id={id} hidden={!isOpen}>
        {waiting.map((job) => (
          <Waiting key={job.id} job={job} keepFocus={keepFocus} />
        ))}
      </ol>
    </section>
  );
}

function Waiting({ job, keepFocus }: { readonly job: WaitingJob; readonly keepFocus: () => void }) {
  const { takeOut } = useActions();
  const prompt = job.prompt.trim();
  const count = job.recipes.length;
  return (
    <li>
      <span className="line-prompt" dir="auto" title={prompt}>
        {prompt}
      </span>
      <span className="line-what">
        {job.grid && 'grid, '}
        {picturesInWords(count)}
      </span>
      <IconButton
        icon="cross"
        title="Take out"
        name={`Take out “${prompt.slice(0, 60)}”`}
        onClick={(button) => {
          const item = button.closest('li');
          const neighbour = (item?.nextElementSibling ?? item?.previousElementSibling)?.querySelector(
            'button',
          );
          if (neighbour) neighbour.focus();
          else keepFocus();
          takeOut(job.id);
        }}
      />
    </li>
  );
}

/** One sentence; null while the line does not stand still. */
function haltInWords({ line: { halted, waiting }, packUrl }: AppState): string | null {
  if (halted === null) return null;
  const next = waiting[0];
  if (next && next.packUrl !== packUrl)
    return `The line stopped: what waits is for ${next.modelName}, which Go on opens again.`;
  if (halted === 'failure') return 'The line stopped with the last run: nothing in it is lost.';
  return 'The line stopped when the model was opened anew: nothing in it is lost.';
}
