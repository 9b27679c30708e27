// Previews cost decoder runs. This keeps them near a fifth of the time, however fast the machine is.

const SHARE = 0.2;

export interface PreviewPacer {
  /** Whether enough time has gone into steps since the last preview to afford another; starts timing it if so. */
  due(): boolean;
  /** To be called when the preview that was due has been made. */
  shown(): void;
}

/** @param now milliseconds; the clock is an argument for tests */
export function previewPacer(now: () => number = () => performance.now()): PreviewPacer {
  const start = now();
  let spent = 0;
  let begun = 0;
  let last = 0;
  return {
    due() {
      // The next preview will cost what the last one did.
      if (spent + last > SHARE * (now() - start)) return false;
      begun = now();
      return true;
    },
    shown() {
      last = now() - begun;
      spent += last;
    },
  };
}
