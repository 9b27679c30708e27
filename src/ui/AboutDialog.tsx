import { type ReactNode, useId, useRef } from 'react';

interface AboutDialogProps {
  /** What the button shows; its text is its name. */
  readonly button: ReactNode;
  readonly className?: string;
  readonly title?: string;
  readonly heading: string;
  readonly children: ReactNode;
}

/** A button, and the dialog that it opens. */
export function AboutDialog({ button, className = 'quiet', title, heading, children }: AboutDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const headline = useRef<HTMLHeadingElement>(null);
  const titleId = useId();
  const open = () => {
    dialog.current?.showModal();
    // It would begin at its only button, which lies at the very end.
    headline.current?.focus();
  };
  return (
    <>
      <button type="button" className={className} title={title} onClick={open}>
        {button}
      </button>
      <dialog ref={dialog} className="about" aria-labelledby={titleId}>
        <h2 id={titleId} ref={headline} tabIndex={-1} dir="auto">
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
