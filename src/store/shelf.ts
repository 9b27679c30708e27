// Small texts that outlive a reload, where the browser lets a page keep any.

export interface Shelf {
  /** Null where there is none, or none can be had. */
  readonly read: (key: string) => string | null;
  /** Does nothing where nothing can be kept: the page goes on with what it has in memory. */
  readonly write: (key: string, text: string) => void;
}

/**
 * The browser's own.
 * @param storage asked for at each use: where storage is blocked, the mere question throws
 */
export function browserShelf(storage: () => Storage): Shelf {
  return {
    read(key) {
      try {
        return storage().getItem(key);
      } catch {
        return null;
      }
    },
    write(key, text) {
      try {
        storage().setItem(key, text);
      } catch {
        // Blocked or full.
      }
    },
  };
}

/** What a page wrote under a schema number; null for anything else, as anyone can write there. */
export function readSchema(text: string | null, schema: number): Readonly<Record<string, unknown>> | null {
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isRecord(value) && value.schema === schema ? value : null;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
