// What the browser says of its storage as a whole, where it says anything.
import type { Room } from './storageFaults.ts';
import { within } from './within.ts';

/** How much room there is; null where the browser does not tell, or not soon. */
export async function room(): Promise<Room | null> {
  const asked = Promise.resolve(navigator.storage?.estimate?.()).catch(() => undefined);
  const { quota, usage } = (await within(1000, asked, () => undefined)) ?? {};
  return quota === undefined || usage === undefined ? null : { quota, usage };
}

/** Asks not to clear the storage when the disk runs short. Some browsers ask the person, who may never answer. */
export function askToPersist(): void {
  navigator.storage?.persist?.().catch(() => {});
}
