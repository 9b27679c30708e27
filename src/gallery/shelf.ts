// Where records lie. One file a kind of storage; the gallery is the same above each.
import type { BodyRecord, HeadRecord } from './record.ts';

/**
 * Records as they are stored, to be read with readHead and readBody. Each call is one transaction: done whole when it
 * resolves, not at all when it rejects.
 */
export interface Shelf {
  /** All heads. */
  heads(): Promise<readonly unknown[]>;
  /** The heads of these ids; undefined where there is none. */
  headsOf(ids: readonly string[]): Promise<readonly unknown[]>;
  body(id: string): Promise<unknown>;
  add(head: HeadRecord, body: BodyRecord): Promise<void>;
  /** Rewrites heads as they are now, other tabs' changes included; null leaves one as it is. Gives what was written. */
  change(
    ids: readonly string[],
    change: (head: unknown) => HeadRecord | null,
  ): Promise<readonly HeadRecord[]>;
  /** Deletes those that still meet the condition. */
  drop(ids: readonly string[], when: (head: unknown) => boolean): Promise<void>;
  close(): void;
}
