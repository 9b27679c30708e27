import { useEffect, useId, useRef, useState } from 'react';
import { BringWeights } from './BringWeights.tsx';
import { useModelActions, useModelsState } from './context.ts';
import { droppedFiles } from './droppedFiles.ts';
import { ModelList } from './ModelList.tsx';
import { conversionInWords } from './words.ts';

/** The button and its dialog: the models there are, and the form for one's own weights. Files dropped anywhere open it. */
export function ModelsDialog() {
  const conversion = useModelsState((state) => state.conversion);
  const error = useModelsState((state) => state.error);
  const notice = useModelsState((state) => state.notice);
  const { addFiles, refresh } = useModelActions();
  const [dropping, setDropping] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const heading = useId();

  // What came of a wish stands at the top; and the button that was pressed may be gone.
  useEffect(() => {
    if (!error && !notice) return;
    dialog.current?.scrollTo({ top: 0 });
    if (document.activeElement === document.body) title.current?.focus();
  }, [error, notice]);

  useEffect(() => {
    const bringsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const onDragOver = (event: DragEvent) => {
      if (!bringsFiles(event)) return;
      event.preventDefault();
      setDropping(true);
    };
    // Only leaving the window has no element to go to.
    const onDragLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setDropping(false);
    };
    const onDrop = async (event: DragEvent) => {
      setDropping(false);
      if (!event.dataTransfer || !bringsFiles(event)) return;
      event.preventDefault();
      const other = document.querySelector<HTMLDialogElement>('dialog:modal');
      if (other !== dialog.current) {
        other?.close();
        dialog.current?.showModal();
      }
      await addFiles(await droppedFiles(event.dataTransfer));
    };
    addEventListener('dragover', onDragOver);
    addEventListener('dragleave', onDragLeave);
    addEventListener('drop', onDrop);
    return () => {
      removeEventListener('dragover', onDragOver);
      removeEventListener('dragleave', onDragLeave);
      removeEventListener('drop', onDrop);
    };
  }, [addFiles]);

  return (
    <>
      <button
        type="button"
        className="quiet"
        onClick={() => {
          void refresh();
          dialog.current?.showModal();
        }}
      >
        Models{conversion && ` · ${conversionInWords(conversion).short}`}
      </button>
      <dialog ref={dialog} className="about models" aria-labelledby={heading} data-dropping={dropping}>
        <div className="models-head">
          <h2 id={heading} ref={title} tabIndex={-1}>
            Models
          </h2>
          <button type="button" className="quiet" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </div>
        <div role="alert">{error && <p className="complaint models-error">{error.message}</p>}</div>
        <p role="status" className={notice ? 'notice' : 'visually-hidden'}>
          {notice}
        </p>
        <ModelList onUse={() => dialog.current?.close()} />
        <BringWeights />
      </dialog>
    </>
  );
}
