import { useEffect, useRef, useState } from 'react';

/**
 * Takes files that are dropped anywhere on the page, so that the browser does not leave it to show them. A drag that
 * began on the page is none of its business: a picture of the gallery comes as a file too.
 * @returns whether files are being dragged over the page
 */
export function useFileDrop(onDrop: (transfer: DataTransfer) => void): boolean {
  const [dropping, setDropping] = useState(false);
  const receive = useRef(onDrop);
  receive.current = onDrop;

  useEffect(() => {
    let fromPage = false;
    const bringsFiles = ({ dataTransfer }: DragEvent) =>
      !fromPage && (dataTransfer?.types.includes('Files') ?? false);
    const listeners = {
      dragstart: () => {
        fromPage = true;
      },
      dragend: () => {
        fromPage = false;
      },
      dragover: (event: DragEvent) => {
        if (!bringsFiles(event)) return;
        event.preventDefault();
        setDropping(true);
      },
      // Only leaving the window has no element to go to.
      dragleave: (event: DragEvent) => {
        if (event.relatedTarget === null) setDropping(false);
      },
      drop: (event: DragEvent) => {
        setDropping(false);
        if (!event.dataTransfer || !bringsFiles(event)) return;
        event.preventDefault();
        receive.current(event.dataTransfer);
      },
    };
    const names = Object.keys(listeners) as (keyof typeof listeners)[];
    for (const name of names) addEventListener(name, listeners[name]);
    return () => {
      for (const name of names) removeEventListener(name, listeners[name]);
    };
  }, []);
  return dropping;
}
