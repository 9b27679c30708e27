import { type RefObject, useEffect, useRef } from 'react';

/** What closes those that are open, the upper ones last. They share one entry of the browser's history. */
const dialogs: (() => void)[] = [];
let inHistory = false;

function pushEntry(fragment = ''): void {
  history.pushState(null, '', fragment);
  inHistory = true;
}

function onBack(): void {
  inHistory = false;
  // The one beneath stays.
  if (dialogs.length > 1) pushEntry();
  dialogs.at(-1)?.();
}

function enter(close: () => void, fragment?: string): void {
  if (!dialogs.length) {
    pushEntry(fragment);
    addEventListener('popstate', onBack);
  }
  dialogs.push(close);
}

function leave(close: () => void): void {
  dialogs.splice(dialogs.indexOf(close), 1);
  if (dialogs.length) return;
  removeEventListener('popstate', onBack);
  if (inHistory) history.back();
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
  fragment?: string,
): void {
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    const opener = document.activeElement;
    const own = () => latest.current();
    dialog.current?.showModal();
    dialog.current?.querySelector('h2')?.focus();
    enter(own, fragment);
    return () => {
      leave(own);
      if (opener instanceof HTMLElement) opener.focus({ preventScroll: true });
    };
  }, [dialog, fragment]);
}
