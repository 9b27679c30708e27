import { type RefObject, useEffect, useRef } from 'react';

/** Those that are open, the upper ones last. They share one entry of the browser's history. */
const dialogs: { readonly close: () => void; readonly fragment: string }[] = [];
let inHistory = false;
/** The page's own address, on the way back to it: the browser goes in its own time, and what is opened meanwhile waits. */
let returning: string | null = null;

function pushEntry(): void {
  history.pushState(null, '', dialogs[0].fragment);
  inHistory = true;
}

function onPopState(): void {
  const address = returning;
  returning = null;
  inHistory = false;
  if (address !== null) {
    // Another model may have been opened since.
    history.replaceState(null, '', address);
    if (dialogs.length) pushEntry();
    return;
  }
  // The one beneath stays.
  if (dialogs.length > 1) pushEntry();
  dialogs.at(-1)?.close();
}

function enter(dialog: (typeof dialogs)[number]): void {
  dialogs.push(dialog);
  addEventListener('popstate', onPopState);
  if (dialogs.length === 1 && returning === null) pushEntry();
}

function leave(dialog: (typeof dialogs)[number]): void {
  dialogs.splice(dialogs.indexOf(dialog), 1);
  if (dialogs.length || !inHistory) return;
  inHistory = false;
  returning = location.pathname + location.search;
  // The address is its own at once.
  history.replaceState(null, '', returning);
  history.back();
}

/**
 * A dialog that is open as long as it is there; the browser's back button closes it, or the one above it, and the focus
 * goes back to where it came from.
 * @param close takes it away
 * @param fragment of the page's address as long as it is open, for one that can be linked to
 */
export function useModal(
  dialog: RefObject<HTMLDialogElement | null>,
  close: () => void,
  fragment = '',
): void {
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    const opener = document.activeElement;
    const own = { close: () => latest.current(), fragment };
    dialog.current?.showModal();
    dialog.current?.querySelector('h2')?.focus();
    enter(own);
    return () => {
      leave(own);
      if (opener instanceof HTMLElement) opener.focus({ preventScroll: true });
    };
  }, [dialog, fragment]);
}
