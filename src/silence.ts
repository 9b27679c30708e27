// Noticing that something has stopped, without taking a laptop's sleep for it.

/** Somebody waiting, a second at a time. */
export interface Silence {
  /** Something happened: the waiting begins anew. */
  broken(): void;
  end(): void;
}

/**
 * Calls `onSilence` once `limit()` seconds have gone by without a word. What counts is the seconds this page was awake for:
 * a clock would take a machine's sleep, or a tab's, for a silence of hours.
 * @param limit asked every second, as it may change with what is waited for
 * @param onSecond for instance to ask for a word
 */
export function listenForSilence(
  limit: () => number,
  onSilence: () => void,
  onSecond: () => void = () => {},
): Silence {
  let seconds = 0;
  const timer = setInterval(() => {
    if (++seconds < limit()) return onSecond();
    clearInterval(timer);
    onSilence();
  }, 1000);
  return {
    broken() {
      seconds = 0;
    },
    end: () => clearInterval(timer),
  };
}
