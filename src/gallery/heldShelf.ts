// The shelf in use: IndexedDB while there is one, opened again when the browser closes it, memory where there is none.
import { memoryShelf } from './memoryShelf.ts';
import type { Shelf } from './shelf.ts';
import { closedAgain, isLost, whyMemory } from './storageFaults.ts';

/** More often than a person clears the site's data in one visit. */
const MAX_OPENINGS = 8;

export interface HeldShelf {
  /** Resolves when the first shelf is in place. */
  readonly ready: Promise<unknown>;
  /** Does a work on the shelf, and once more on the next one if this one is closed under it. */
  use<T>(work: (shelf: Shelf) => Promise<T>): Promise<T>;
  close(): void;
}

/**
 * @param open calls back when the browser closes what it opened
 * @param onShelf another shelf is in place, in memory for a reason; works wait until it has looked at it
 */
export function holdShelf(
  open: (onClosed: () => void) => Promise<Shelf>,
  onShelf: (shelf: Shelf, reason: string | null) => Promise<void>,
): HeldShelf {
  let openings = 0;
  let closed = false;
  const lost = new WeakSet<Shelf>();
  let present = next();

  async function next(): Promise<Shelf> {
    while (openings++ < MAX_OPENINGS) {
      let shelf: Shelf | undefined;
      try {
        shelf = await open(() => shelf && lose(shelf));
      } catch (error) {
        return inMemory(error);
      }
      try {
        await onShelf(shelf, null);
        if (!lost.has(shelf)) return shelf;
      } catch (error) {
        shelf.close();
        if (!isLost(error) && !lost.has(shelf)) return inMemory(error);
      }
    }
    return inMemory(closedAgain());
  }

  async function inMemory(error: unknown): Promise<Shelf> {
    const shelf = memoryShelf();
    await onShelf(shelf, whyMemory(error));
    return shelf;
  }

  /** Replaces a shelf, unless that is done or under way. */
  function lose(shelf: Shelf): void {
    if (lost.has(shelf) || closed) return;
    lost.add(shelf);
    shelf.close();
    // While next() is still at this shelf, it sees for itself that it is lost.
    present = present.then((held) => (held === shelf ? next() : held));
  }

  return {
    ready: present,
    async use(work) {
      const shelf = await present;
      try {
        return await work(shelf);
      } catch (error) {
        if (closed || !isLost(error)) throw error;
        lose(shelf);
        return work(await present);
      }
    },
    close() {
      closed = true;
      void present.then((shelf) => shelf.close());
    },
  };
}
