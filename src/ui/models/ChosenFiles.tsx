import type { ChosenFile } from '../../store/models.ts';
import { useModelActions, useModelsState } from '../context.ts';
import { inspectionInWords, megabytes } from '../kit/words.ts';

/** The chosen files, each with what it was recognised as, or why it is refused. */
export function ChosenFiles() {
  const files = useModelsState((state) => state.files);
  const converting = useModelsState((state) => state.conversion !== null);
  const { removeFile } = useModelActions();
  if (files.length === 0) return null;
  return (
    <ul className="chosen" aria-label="Chosen files" aria-live="polite">
      {files.map(({ id, file, state }) => (
        <li key={id} className={`chosen-${state.kind}`}>
          <p className="model-name">
            <strong dir="auto">{file.name}</strong>
            <span className="hint">{megabytes(file.size)}</span>
            <Finding state={state} />
          </p>
          {!converting && (
            <button
              type="button"
              className="quiet"
              onClick={(event) => {
                // The button goes with its file; the focus goes to choosing another one.
                event.currentTarget.closest('section')?.querySelector('button')?.focus();
                removeFile(id);
              }}
            >
              Remove<span className="visually-hidden"> {file.name}</span>
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function Finding({ state }: { readonly state: ChosenFile['state'] }) {
  switch (state.kind) {
    case 'reading':
      return <span className="finding">Reading…</span>;
    case 'recognised':
      return (
        <span className="finding">
          {inspectionInWords(state.inspection)}
          {state.inspection.note && `. ${state.inspection.note}`}
        </span>
      );
    case 'refused':
      return <span className="finding complaint">{state.message}</span>;
    default:
      return state satisfies never;
  }
}
