import { type ReactNode, useId, useRef } from 'react';

interface AboutDialogProps {
  /** On the button. */
  readonly label: string;
  readonly heading: string;
  readonly children: ReactNode;
}

/** A button, and the dialog that it opens. */
export function AboutDialog({ label, heading, children }: AboutDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const titleId = useId();
  const open = () => {
    dialog.current?.showModal();
    // It would begin at its only button, which lies at the very end.
    title.current?.focus();
  };
  return (
    <>
      <button type="button" className="quiet" onClick={open}>
        {label}
      </button>
      <dialog ref={dialog} className="about" aria-labelledby={titleId}>
        <h2 id={titleId} ref={title} tabIndex={-1}>
          {heading}
        </h2>
        {children}
        <button type="button" className="quiet" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </dialog>
    </>
  );
}

/** A line of its list. */
export function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
