import { useId, useRef, useState } from 'react';
import { Icon } from '../kit/icons.tsx';
import { lazily } from '../kit/lazily.tsx';

const GridFields = lazily(async () => (await import('./GridFields.tsx')).GridFields);

/** A button, and the dialog that plans one picture out of many. */
export function GridDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // Closed, it has nothing to plan at each key in the prompt.
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="quiet"
        onClick={() => {
          setOpen(true);
          dialog.current?.showModal();
        }}
      >
        <Icon name="grid" /> Grid…
      </button>
      <dialog
        ref={dialog}
        className="about grid-dialog"
        aria-labelledby={heading}
        onClose={() => setOpen(false)}
      >
        <h2 id={heading}>Grid</h2>
        <p>Your prompt with one or two settings changed, side by side in one picture.</p>
        {isOpen && <GridFields close={() => dialog.current?.close()} />}
      </dialog>
    </>
  );
}
