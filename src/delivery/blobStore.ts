// Where fetched bytes are kept: blobs by name, in folders one level deep. One file a backend; nobody above knows which it is.

/** In the browser's own file system, in its cache, or for as long as this engine lives. */
export type Lasting = 'disk' | 'cache' | 'memory';

/** What a page can do as well as a worker. */
export interface KeptBlobs {
  readonly lasts: Lasting;
  folders(): Promise<readonly string[]>;
  /** Bytes of each blob by its name; none for a folder that is not there. */
  sizes(folder: string): Promise<ReadonlyMap<string, number>>;
  /** Null where it is not there. */
  read(folder: string, name: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Removes a folder and all in it; nothing happens where it is not there. */
  remove(folder: string): Promise<void>;
}

/** Writing, which browsers leave to workers. Each throws what `isFull` knows where there is no room. */
export interface BlobStore extends KeptBlobs {
  /** Puts a small blob in the place of another. */
  write(folder: string, name: string, bytes: Uint8Array): Promise<void>;
  /**
   * Goes on with a blob after its first `at` bytes; what it has behind them goes.
   * @param at at most as many as it has
   */
  append(folder: string, name: string, at: number): Promise<Appender>;
}

export interface Appender {
  /** On a disk the bytes outlive the page from now on, even where nobody comes to close(). */
  append(bytes: Uint8Array): void;
  close(): Promise<void>;
}
