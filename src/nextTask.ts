// Where work that is one task for no reason may be parted: what else waits, as a click, comes between.

/** Settles in a task of its own, at once: browsers put timers off while a page loads. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
