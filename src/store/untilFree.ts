import { canRun } from './runner.ts';
import type { AppStore } from './store.ts';

/** Settles when a model is open and no run of the page is on. @throws the signal's reason */
export function untilFree(app: AppStore, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (signal.aborted) end(() => reject(signal.reason));
      else if (canRun(app.getState())) end(resolve);
    };
    const end = (settle: () => void) => {
      leave();
      signal.removeEventListener('abort', look);
      settle();
    };
    const leave = app.subscribe(look);
    signal.addEventListener('abort', look);
    look();
  });
}
