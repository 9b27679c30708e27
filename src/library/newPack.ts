// Writing a pack into the browser's storage, from a worker: whole, or not at all.
import { isFull } from '../fullDisk.ts';
import { packFile, packLock, packsFolder } from './packFolder.ts';
import { packId } from './packId.ts';
import { storageFailure } from './storageFailure.ts';

/** Takes a pack's files one after the other; `path` is relative to pack.json. */
export interface FolderSink {
  write(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
}

/**
 * Makes a folder named after the pack and hands it to `write`; when that fails, the folder is gone again.
 * A page closed meanwhile leaves a folder without pack.json, which listOwnPacks() sweeps away.
 * @throws {UserError} `storage` when the disk is full; else what `write` throws
 */
export async function writeNewPack<T>(
  name: string,
  write: (id: string, sink: FolderSink) => Promise<T>,
): Promise<T> {
  const packs = await packsFolder();
  const taken = new Set<string>();
  for await (const id of packs.keys()) taken.add(id);
  for (let count = 1; ; count++) {
    const id = packId(name, count);
    if (taken.has(id)) continue;
    const outcome = await navigator.locks.request(packLock(id), { ifAvailable: true }, async (lock) => {
      // Another page is importing under this very name.
      if (!lock) return null;
      try {
        const folder = await packs.getDirectoryHandle(id, { create: true });
        return { value: await write(id, folderSink(folder)) };
      } catch (error) {
        await packs.removeEntry(id, { recursive: true }).catch(() => {});
        throw isFull(error) ? storageFailure(error, '') : error;
      }
    });
    if (outcome) return outcome.value;
  }
}

function folderSink(folder: FileSystemDirectoryHandle): FolderSink {
  return {
    async write(path, chunks) {
      const file = await packFile(folder, path, { create: true });
      const access = await file.createSyncAccessHandle();
      try {
        let at = 0;
        for await (const chunk of chunks) {
          if (access.write(chunk, { at }) < chunk.byteLength) throw full();
          at += chunk.byteLength;
        }
        access.flush();
      } finally {
        access.close();
      }
    },
  };
}

// What browsers that write only a part say nothing of.
const full = () => new DOMException('The disk is full.', 'QuotaExceededError');
