// Pictures that last: kept in the browser's storage, the same in every tab, and in memory where there is no storage.
import { isFull } from '../fullDisk.ts';
import { askToPersist, room } from './browserStorage.ts';
import { createCatalogue } from './catalogue.ts';
import { openDatabaseShelf } from './databaseShelf.ts';
import { holdShelf } from './heldShelf.ts';
import { inTurn } from './inTurn.ts';
import { newId } from './newId.ts';
import type { Head, KeptPicture, NewPicture } from './picture.ts';
import { type HeadRecord, listed, readBody, readHead, writeRecord } from './record.ts';
import type { Shelf } from './shelf.ts';
import { cannotRead, cannotStore } from './storageFaults.ts';
import { openTabs } from './tabs.ts';

/** How long a removal can be undone, reloads included. In milliseconds. */
export const UNDO_TIME = 10 * 60 * 1000;

export interface GalleryStatus {
  /** `memory`: pictures last as long as the page, for a reason that is told to the person. */
  readonly storage: { readonly kind: 'stored' } | { readonly kind: 'memory'; readonly reason: string };
  /** Records in the storage that cannot be read: damaged, or of a newer page. */
  readonly unreadable: number;
}

/** List and status stay the same objects until they change; then all listeners are called. */
export interface Gallery {
  /** Newest first. */
  list(): readonly Head[];
  status(): GalleryStatus;
  /** What was removed, here or before a reload, and can still come back; for so many milliseconds. */
  removed(): { readonly ids: readonly string[]; readonly left: number };
  /**
   * Resolves when the picture is written, and in the list.
   * @param onWritten told of it before the list is: nobody sees it there before it is known whose it is
   * @throws {UserError} `storage` when it is not: the caller still has it
   */
  keep(picture: NewPicture, onWritten?: (head: Head) => void): Promise<Head>;
  /** @throws {UserError} `storage` */
  setFavourite(ids: readonly string[], favourite: boolean): Promise<void>;
  /**
   * Takes pictures off the list, and deletes them when UNDO_TIME is over.
   * @returns whether restore() can bring them back: on a full disk they are deleted at once
   * @throws {UserError} `storage`
   */
  remove(ids: readonly string[]): Promise<boolean>;
  /** Undoes a removal. @returns how many are back. @throws {UserError} `storage` */
  restore(ids: readonly string[]): Promise<number>;
  /** All of a picture; null when it is no longer in the list. @throws {UserError} `storage` when it cannot be read */
  picture(id: string): Promise<KeptPicture | null>;
  subscribe(listener: () => void): () => void;
  dispose(): void;
}

export interface GalleryOptions {
  /** Of the database and of the channel between tabs. */
  readonly name?: string;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  /** Milliseconds after which a storage that does not open is given up. */
  readonly openLimit?: number;
}

/** Opens the gallery; where that fails it works in memory, and its status says why. */
export async function openGallery({
  name = 'clip-vqdiffusion gallery',
  clock = Date.now,
  openLimit = 5000,
}: GalleryOptions = {}): Promise<Gallery> {
  const catalogue = createCatalogue();
  const listeners = new Set<() => void>();
  let status: GalleryStatus = { storage: { kind: 'stored' }, unreadable: 0 };
  let lastTime = 0;
  let askedToPersist = false;
  let purgeTimer: ReturnType<typeof setTimeout> | undefined;

  // One change after the other, this tab's and those told by others: what is read last is what is in the list.
  const next = inTurn();
  const tabs = openTabs(name, (ids) => {
    // Nobody waits for it: should it fail, the list is behind until something else changes.
    next(() => held.use((shelf) => lookAgain(shelf, ids))).catch(() => {});
  });
  const held = holdShelf((onClosed) => openDatabaseShelf({ name, limit: openLimit, onClosed }), readAll);
  await held.ready;

  async function readAll(shelf: Shelf, reason: string | null): Promise<void> {
    const found = await shelf.heads();
    const records = found.flatMap((raw) => readHead(raw) ?? []);
    catalogue.fill(records);
    status = {
      storage: reason === null ? { kind: 'stored' } : { kind: 'memory', reason },
      unreadable: found.length - records.length,
    };
    publish();
  }

  async function lookAgain(shelf: Shelf, ids: readonly string[]): Promise<void> {
    const found = await shelf.headsOf(ids);
    catalogue.drop(ids);
    catalogue.put(found.flatMap((raw) => readHead(raw) ?? []));
    publish();
  }

  function publish(): void {
    for (const listener of [...listeners]) listener();
    schedulePurge();
  }

  function schedulePurge(): void {
    clearTimeout(purgeTimer);
    const first = catalogue.firstRemoval();
    if (first === null) return;
    purgeTimer = setTimeout(purgeOld, Math.max(0, UNDO_TIME - (clock() - first)));
  }

  function purgeOld(): void {
    // A removal in the future was made before the clock was set back.
    const isOver = (time: number) => time > clock() || clock() - time >= UNDO_TIME;
    next(() => purge(catalogue.removed(isOver))).then(schedulePurge, () => {});
  }

  /** Deletes removed records for good, but none that another tab restored meanwhile. */
  async function purge(ids: readonly string[]): Promise<void> {
    await held.use((shelf) => shelf.drop(ids, (raw) => typeof readHead(raw)?.removed === 'number'));
    catalogue.drop(ids);
  }

  /** Before a full disk is an obstacle, what was removed makes room. */
  async function write<T>(work: (shelf: Shelf) => Promise<T>): Promise<T> {
    try {
      return await held.use(work);
    } catch (error) {
      const going = catalogue.removed();
      if (!isFull(error) || !going.length) throw error;
      await purge(going);
      return held.use(work);
    }
  }

  /** @returns how many were changed */
  async function change(
    ids: readonly string[],
    rewrite: (record: HeadRecord) => HeadRecord | null,
  ): Promise<number> {
    const changed = await write((shelf) =>
      shelf.change(ids, (raw) => {
        const record = readHead(raw);
        return record && rewrite(record);
      }),
    );
    tell(changed);
    return changed.length;
  }

  /** What this tab wrote. */
  function tell(records: readonly HeadRecord[]): void {
    catalogue.put(records);
    publish();
    tabs.tell(records.map(({ id }) => id));
  }

  return {
    list: () => catalogue.list(),
    status: () => status,
    removed() {
      const now = clock();
      const ids = catalogue.removed((time) => time <= now && now - time < UNDO_TIME);
      return { ids, left: UNDO_TIME - (now - (catalogue.firstRemoval() ?? now)) };
    },

    keep: (picture, onWritten) =>
      next(async () => {
        lastTime = Math.max(clock(), lastTime + 1);
        const { head, body } = writeRecord(newId(), lastTime, picture);
        await write((shelf) => shelf.add(head, body)).catch(async (error: unknown) => {
          throw cannotStore(error, picture.png.size, await room());
        });
        onWritten?.(listed(head));
        tell([head]);
        if (!askedToPersist && status.storage.kind === 'stored') {
          askedToPersist = true;
          askToPersist();
        }
        return listed(head);
      }),

    setFavourite: (ids, favourite) =>
      next(async () => {
        await change(ids, (record) => ({ ...record, favourite })).catch(refuse);
      }),

    remove: (ids) =>
      next(async () => {
        const removed = clock();
        try {
          await change(ids, (record) => (record.removed === null ? { ...record, removed } : null));
          return true;
        } catch (error) {
          // To mark a record takes room as well. Whoever frees the disk must not be kept from it.
          if (!isFull(error)) return refuse(error);
        }
        await held.use((shelf) => shelf.drop(ids, () => true)).catch(refuse);
        catalogue.drop(ids);
        publish();
        tabs.tell(ids);
        return false;
      }),

    restore: (ids) =>
      next(() =>
        change(ids, (record) => (record.removed === null ? null : { ...record, removed: null })).catch(
          refuse,
        ),
      ),

    async picture(id) {
      const head = catalogue.head(id);
      if (!head) return null;
      const body = await held
        .use((shelf) => shelf.body(id))
        .catch((error: unknown) => {
          throw cannotRead(error);
        });
      if (body === undefined) return null;
      const picture = readBody(body, head);
      if (!picture) throw cannotRead(null);
      return picture;
    },

    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    dispose() {
      clearTimeout(purgeTimer);
      listeners.clear();
      tabs.close();
      held.close();
    },
  };
}

/** A change that could not be stored. */
async function refuse(error: unknown): Promise<never> {
  throw cannotStore(error, null, await room());
}
