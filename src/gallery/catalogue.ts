// What a tab knows of the records: the list of pictures, and those that were removed and can still come back.
import { newestFirst } from './order.ts';
import type { Head } from './picture.ts';
import { type HeadRecord, listed } from './record.ts';

export interface Catalogue {
  /** Newest first; the same array until something changes. */
  list(): readonly Head[];
  /** A picture in the list. */
  head(id: string): Head | null;
  /** Ids of removed records whose time meets the condition. */
  removed(when?: (time: number) => boolean): string[];
  /** When the first of them was removed; null where there is none. */
  firstRemoval(): number | null;
  /** Forgets everything but these. */
  fill(records: readonly HeadRecord[]): void;
  /** Records that were read or written anew. */
  put(records: readonly HeadRecord[]): void;
  /** Records that are no longer there. */
  drop(ids: readonly string[]): void;
}

export function createCatalogue(): Catalogue {
  const heads = new Map<string, Head>();
  const removed = new Map<string, number>();
  let list: readonly Head[] | null = null;

  function drop(ids: readonly string[]): void {
    list = null;
    for (const id of ids) {
      heads.delete(id);
      removed.delete(id);
    }
  }

  function put(records: readonly HeadRecord[]): void {
    drop(records.map(({ id }) => id));
    for (const record of records) {
      if (record.removed === null) heads.set(record.id, listed(record));
      else removed.set(record.id, record.removed);
    }
  }

  return {
    list() {
      list ??= [...heads.values()].sort(newestFirst);
      return list;
    },
    head: (id) => heads.get(id) ?? null,
    removed: (when = () => true) => [...removed].filter(([, time]) => when(time)).map(([id]) => id),
    firstRemoval: () => (removed.size ? Math.min(...removed.values()) : null),
    fill(records) {
      heads.clear();
      removed.clear();
      put(records);
    },
    put,
    drop,
  };
}
