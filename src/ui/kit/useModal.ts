import { type RefObject, useEffect, useRef } from 'react';

/**
 * A dialog that is open as long as it is there; the browser's back button closes it, and the focus goes back to where it
 * came from. One that opens over another leaves that one open.
 * @param close takes it away
 */
export function useModal(dialog: RefObject<HTMLDialogElement | null>, close: () => void): void {
  const leave = useRef(close);
  leave.current = close;
  useEffect(() => {
    const opener = document.activeElement;
    // The one beneath has an entry in the history already, for both.
    const isOver = document.querySelector('dialog:modal') !== null;
    dialog.current?.showModal();
    dialog.current?.querySelector('h2')?.focus();
    if (!isOver) history.pushState(null, '');
    let inHistory = !isOver;
    const onBack = (event: PopStateEvent) => {
      inHistory = false;
      if (isOver) {
        event.stopImmediatePropagation();
        history.pushState(null, '');
      }
      leave.current();
    };
    // Captured, the upper one hears of it first.
    addEventListener('popstate', onBack, { capture: isOver });
    return () => {
      removeEventListener('popstate', onBack, { capture: isOver });
      if (inHistory) history.back();
      if (opener instanceof HTMLElement) opener.focus({ preventScroll: true });
    };
  }, [dialog]);
}
