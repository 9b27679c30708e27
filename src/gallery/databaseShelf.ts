// Records in IndexedDB: two stores, heads and bodies, under the same ids.
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Shelf } from './shelf.ts';
import { noAnswer, storesNothing } from './storageFaults.ts';
import { within } from './within.ts';

interface Stores extends DBSchema {
  heads: { key: string; value: unknown };
  bodies: { key: string; value: unknown };
}

/** What each version of the database adds; records have a schema of their own (migrate.ts), so this rarely grows. */
const upgrades: readonly ((database: IDBPDatabase<Stores>) => void)[] = [
  (database) => {
    database.createObjectStore('heads', { keyPath: 'id' });
    database.createObjectStore('bodies', { keyPath: 'id' });
  },
];

export interface DatabaseOptions {
  readonly name: string;
  /** Milliseconds after which opening counts as failed. */
  readonly limit: number;
  /** The browser closed it: a newer tab wants to upgrade it, or its data were cleared. */
  readonly onClosed: () => void;
}

/** @throws {UserError} `storage` where there is no IndexedDB or it does not answer; else what the browser says */
export async function openDatabaseShelf({ name, limit, onClosed }: DatabaseOptions): Promise<Shelf> {
  if (!hasIndexedDb()) throw storesNothing();
  const opening = openDB<Stores>(name, upgrades.length, {
    upgrade(database, oldVersion) {
      for (const upgrade of upgrades.slice(oldVersion)) upgrade(database);
    },
    blocking(_current, _wanted, event) {
      // Whoever waits for this one to close would wait for as long as the page is open.
      (event.target as IDBDatabase).close();
      onClosed();
    },
    terminated: onClosed,
  });
  const database = await within(limit, opening, () => {
    // Should it still open, nobody uses it.
    opening.then((late) => late.close()).catch(() => {});
    throw noAnswer();
  });
  return shelfOf(database);
}

function shelfOf(database: IDBPDatabase<Stores>): Shelf {
  return {
    heads: () => read(database, 'heads', (store) => store.getAll()),
    headsOf: (ids) => read(database, 'heads', (store) => Promise.all(ids.map((id) => store.get(id)))),
    body: async (id) => withBlob(await read(database, 'bodies', (store) => store.get(id))),

    // The id is new, and the same record when it is tried again: put and not add.
    async add(head, body) {
      const put = (content: unknown) =>
        write(database, ['heads', 'bodies'], async (heads, bodies) => {
          await Promise.all([heads.put(head), bodies.put(content)]);
        });
      try {
        await put(body);
      } catch (error) {
        // WebKit says no more than "Error preparing Blob/File data to be stored in object store".
        const bytes = /\bblob\b/i.test(String(error)) ? await withBytes(body) : null;
        if (!bytes) throw error;
        await put(bytes);
      }
    },

    change: (ids, change) =>
      write(database, ['heads'], async (heads) => {
        const found = await Promise.all(ids.map((id) => heads.get(id)));
        const changed = found.flatMap((head) => change(head) ?? []);
        await Promise.all(changed.map((head) => heads.put(head)));
        return changed;
      }),

    drop: (ids, when) =>
      write(database, ['heads', 'bodies'], async (heads, bodies) => {
        const found = await Promise.all(ids.map((id) => heads.get(id)));
        const going = ids.filter((_, i) => when(found[i]));
        await Promise.all(going.flatMap((id) => [heads.delete(id), bodies.delete(id)]));
      }),

    close: () => database.close(),
  };
}

/** In its private windows, WebKit stores bytes and no files: `{ png: Blob }` becomes `{ png: ArrayBuffer }`. */
async function withBytes(body: unknown): Promise<unknown> {
  const { png } = (body ?? {}) as { readonly png?: unknown };
  return png instanceof Blob ? { ...(body as object), png: await png.arrayBuffer() } : null;
}

/** And back. */
function withBlob(body: unknown): unknown {
  const { png } = (body ?? {}) as { readonly png?: unknown };
  if (!(png instanceof ArrayBuffer)) return body;
  return { ...(body as object), png: new Blob([png], { type: 'image/png' }) };
}

type StoreName = 'heads' | 'bodies';

async function read<T>(
  database: IDBPDatabase<Stores>,
  name: StoreName,
  work: (store: ReadableStore) => Promise<T>,
): Promise<T> {
  const transaction = database.transaction(name);
  // What fails is told by the request.
  transaction.done.catch(() => {});
  return work(transaction.store);
}

interface ReadableStore {
  get(id: string): Promise<unknown>;
  getAll(): Promise<unknown[]>;
}

/** The few calls that are made of a store in a transaction that writes; they reject and never throw. */
interface WritableStore {
  get(id: string): Promise<unknown>;
  put(value: unknown): Promise<unknown>;
  delete(id: string): Promise<void>;
}

/** A call that threw would leave those beside it with nobody to hear that they failed. */
function writable(store: WritableStore): WritableStore {
  return {
    get: async (id) => store.get(id),
    put: async (value) => store.put(value),
    delete: async (id) => store.delete(id),
  };
}

/** Resolves when the transaction is complete, and on the disk where the browser can tell. */
async function write<T>(
  database: IDBPDatabase<Stores>,
  names: readonly StoreName[],
  work: (...stores: WritableStore[]) => Promise<T>,
): Promise<T> {
  const transaction = database.transaction([...names], 'readwrite', { durability: 'strict' });
  const done = transaction.done.then(
    () => null,
    (error: unknown) => ({ error }),
  );
  const outcome = await work(...names.map((name) => writable(transaction.objectStore(name)))).then(
    (value) => ({ value }),
    (error: unknown) => {
      abort(transaction);
      return { error };
    },
  );
  const aborted = await done;
  if ('value' in outcome && !aborted) return outcome.value;
  // A full disk aborts the requests under way; only the transaction has the reason then.
  throw transaction.error ?? ('error' in outcome ? outcome.error : aborted?.error);
}

function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // It was aborted by the browser already.
  }
}

/** Some browsers throw at the mere name where storage is forbidden. */
function hasIndexedDb(): boolean {
  try {
    return typeof indexedDB === 'object' && indexedDB !== null;
  } catch {
    return false;
  }
}
