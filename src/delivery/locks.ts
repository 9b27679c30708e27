// Two tabs share one store. Where there are no locks there is no store to share either: both need a secure page.

const locks = (): LockManager | undefined => globalThis.navigator?.locks;

/** Held by whoever brings or removes a file. */
export const fileLock = (sha256: string): string => `delivered ${sha256}`;
/** Held by whoever changes which files the packs name, or removes what none names. */
export const namesLock = 'delivered names';

/** Acts as the only one under this lock; `waiting` is called every half second until then. */
export async function alone<T>(
  lock: string,
  act: () => Promise<T>,
  { signal, waiting }: { readonly signal?: AbortSignal; readonly waiting?: () => void } = {},
): Promise<T> {
  const manager = locks();
  if (!manager) return act();
  const timer = waiting && setInterval(waiting, 500);
  const begin = () => {
    clearInterval(timer);
    return act();
  };
  try {
    return (await manager.request(lock, signal ? { signal } : {}, begin)) as T;
  } finally {
    clearInterval(timer);
  }
}

/** Acts unless somebody else holds the lock. */
export async function ifNobody(lock: string, act: () => Promise<void>): Promise<void> {
  const manager = locks();
  if (!manager) return act();
  await manager.request(lock, { ifAvailable: true }, async (held) => held && act());
}
