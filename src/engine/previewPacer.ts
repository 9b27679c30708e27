// Previews cost decoder runs. This keeps them near a fifth of the time, however fast the machine is.

const SHARE = 0.2;

export interface PreviewPacer {
  /** Whether enough time has gone into steps since the last preview to afford another; it is to be asked for then. */
  due(): boolean;
  /**
   * To be called when the preview that was due has been asked for: no other is due before it is done.
   * @param begun resolves with the milliseconds at which the device turned to it
   * @param done with those at which it is through with it
   */
  asked(begun: Promise<number>, done: Promise<number>): void;
}

/** @param now milliseconds; the clock is an argument for tests */
export function previewPacer(now: () => number = () => performance.now()): PreviewPacer {
  const start = now();
  let spent = 0;
  let last = 0;
  let underway = false;
  return {
    // The next preview will cost what the last one did.
    due: () => !underway && spent + last <= SHARE * (now() - start),
    asked(begun, done) {
      underway = true;
      Promise.all([begun, done]).then(
        ([from, to]) => {
          last = to - from;
          spent += last;
          underway = false;
        },
        // A lost device: whoever waits for the next step is told.
        () => {},
      );
    },
  };
}
