// How a worker hears what was said to it while it works.
import { nextTask } from '../nextTask.ts';

/** Lets waiting messages in, a cancel among them: awaiting the runtime alone never does. */
export async function messages(signal: AbortSignal): Promise<void> {
  await nextTask();
  signal.throwIfAborted();
}
