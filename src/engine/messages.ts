// How a worker hears what was said to it while it works.

/** Lets waiting messages in, a cancel among them: awaiting the runtime alone never does. */
export async function messages(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
  signal.throwIfAborted();
}
