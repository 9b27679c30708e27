// A page whose seconds pass when the test says so.
import type { Page } from 'playwright';

/** In the page, before its own scripts. */
function hold(): void {
  const held = new Map<number, () => void>();
  const { setInterval, clearInterval } = globalThis;
  let last = 0;
  globalThis.setInterval = ((act: () => void, pause: number) => {
    if (pause !== 1000) return setInterval(act, pause);
    // A browser's own numbers are positive.
    held.set(--last, act);
    return last;
  }) as typeof setInterval;
  globalThis.clearInterval = (number) => {
    if (!held.delete(number as unknown as number)) clearInterval(number);
  };
  Object.assign(globalThis, {
    async pass(seconds: number) {
      for (; seconds; seconds--) {
        for (const act of [...held.values()]) act();
        // What is answered meanwhile is heard.
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
  });
}

/**
 * What the page does each second, it does by `passSeconds` from now on. (Playwright's clock would draw all frames of a minute
 * one by one, which takes a minute and more.)
 */
export const holdSeconds = (page: Page) => page.addInitScript(hold);

export function passSeconds(page: Page, seconds: number): Promise<void> {
  return page.evaluate(
    (seconds) => (globalThis as unknown as { pass(seconds: number): Promise<void> }).pass(seconds),
    seconds,
  );
}
