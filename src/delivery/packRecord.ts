// What is known of a pack that was opened by its address: a folder with the address, its pack.json, and when it was last opened.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { BlobStore } from './blobStore.ts';
import { alone, namesLock } from './locks.ts';
import { readRecord, recordFolder } from './records.ts';

export interface PackRecord {
  /** What pack.json held; undefined where none is kept, or none that can be read. */
  manifest(): Promise<unknown>;
  /** From now on the files that it names are not swept away. */
  keep(manifest: unknown): Promise<void>;
  /** All files that it takes to open the pack are there. */
  opened(now: number): Promise<void>;
}

export function packRecord(store: BlobStore, address: string): PackRecord {
  const folder = recordFolder(bytesToHex(sha256(utf8ToBytes(address))).slice(0, 16));
  const write = (name: string, text: string) => store.write(folder, name, new TextEncoder().encode(text));
  return {
    manifest: async () => (await readRecord(store, folder))?.manifest,
    keep: (manifest) =>
      alone(namesLock, async () => {
        const before = await readRecord(store, folder);
        if (JSON.stringify(before?.manifest) === JSON.stringify(manifest)) return;
        // What is opened later is another pack, under the same address.
        await write('used', '');
        await write('address', address);
        await write('pack.json', JSON.stringify(manifest));
      }),
    opened: (now) => write('used', String(now)),
  };
}
