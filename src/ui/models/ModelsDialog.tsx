import { type RefObject, useEffect, useId, useRef, useState } from 'react';
import { useActions, useModelActions, useModelsState } from '../context.ts';
import { droppedFiles, pictureIn } from '../kit/droppedFiles.ts';
import { lazily } from '../kit/lazily.tsx';
import { useFileDrop } from '../kit/useFileDrop.ts';
import { conversionInWords } from '../kit/words.ts';

const ModelsPanel = lazily(async () => (await import('./ModelsPanel.tsx')).ModelsPanel);

/** The button and its dialog: the models there are, and the form for one's own weights. Files dropped anywhere open it, but for pictures. */
export function ModelsDialog() {
  const conversion = useModelsState((state) => state.conversion);
  const { addFiles, refresh } = useModelActions();
  const { openPicture } = useActions();
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const heading = useId();
  const [wasOpened, setOpened] = useState(false);
  const open = () => {
    setOpened(true);
    dialog.current?.showModal();
  };
  const dropping = useFileDrop(async (transfer) => {
    // The files are gone after the event: they are taken out before anything else.
    const picture = pictureIn(transfer);
    if (picture) {
      // One may lie over another.
      for (const open of document.querySelectorAll<HTMLDialogElement>('dialog:modal')) open.close();
      return openPicture(picture);
    }
    const files = droppedFiles(transfer);
    const other = document.querySelector<HTMLDialogElement>('dialog:modal');
    if (other !== dialog.current) {
      other?.close();
      open();
    }
    await addFiles(await files);
  });

  return (
    <>
      <button
        type="button"
        className="quiet"
        onClick={() => {
          void refresh();
          open();
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
          <Outcome title={title} />
        </div>
        {wasOpened && <ModelsPanel onUsed={() => dialog.current?.close()} />}
      </dialog>
    </>
  );
}

interface OutcomeProps {
  readonly title: RefObject<HTMLHeadingElement | null>;
}

/** What came of the last wish: beside the title, where it is seen however far one has read. */
function Outcome({ title }: OutcomeProps) {
  const error = useModelsState((state) => state.error);
  const notice = useModelsState((state) => state.notice);
  // The button that was pressed may be gone.
  useEffect(() => {
    if (!error && !notice) return;
    if (document.activeElement === document.body) title.current?.focus({ preventScroll: true });
  }, [error, notice, title]);
  return (
    <>
      <div role="alert" className="models-alert">
        {error && <p className="complaint models-error">{error.message}</p>}
      </div>
      <p role="status" className={notice ? 'notice' : 'visually-hidden'}>
        {notice}
      </p>
    </>
  );
}
