import { type ReactNode, useCallback, useEffect, useId, useRef, useState } from 'react';

interface AboutDialogProps {
  /** What the button shows; its text is its name. */
  readonly button: ReactNode;
  readonly className?: string;
  readonly title?: string;
  readonly heading: string;
  /** A key that opens it too, wherever nobody is typing. */
  readonly shortcut?: string;
  readonly children: ReactNode;
}

/** A button, and the dialog that it opens. */
export function AboutDialog({
  button,
  className = 'quiet',
  title,
  heading,
  shortcut,
  children,
}: AboutDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const headline = useRef<HTMLHeadingElement>(null);
  const titleId = useId();
  // Until then nothing of it is fetched.
  const [wasOpened, setOpened] = useState(false);
  const open = useCallback(() => {
    setOpened(true);
    dialog.current?.showModal();
    // It would begin at its only button, which lies at the very end.
    headline.current?.focus();
  }, []);

  useEffect(() => {
    if (!shortcut) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== shortcut || event.ctrlKey || event.metaKey || event.altKey || event.isComposing)
        return;
      if (isTyping(event.target) || document.querySelector('dialog:modal')) return;
      event.preventDefault();
      open();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [shortcut, open]);

  return (
    <>
      <button type="button" className={className} title={title} aria-keyshortcuts={shortcut} onClick={open}>
        {button}
      </button>
      <dialog ref={dialog} className="about" aria-labelledby={titleId}>
        <h2 id={titleId} ref={headline} tabIndex={-1} dir="auto">
          {heading}
        </h2>
        {wasOpened && children}
        <button type="button" className="quiet" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </dialog>
    </>
  );
}

/** Whether a key would write something, or choose from a list by its letter. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !/^(?:range|checkbox|radio|button|file)$/.test(target.type);
  return target.isContentEditable || target.matches('textarea, select');
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
