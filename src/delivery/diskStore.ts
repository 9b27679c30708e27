// The origin-private file system in a worker, where writes go straight to the file: a tab that closes loses nothing.
import type { BlobStore } from './blobStore.ts';
import { deliveredFolder, diskBlobs } from './diskBlobs.ts';

/** Milliseconds that a file may still be held by a worker that was just ended. */
const HELD = 3000;

/** @throws {DOMException} where the browser keeps nothing */
export async function diskStore(): Promise<BlobStore> {
  const root = await deliveredFolder();
  const open = async (folder: string, name: string) => {
    const inside = await root.getDirectoryHandle(folder, { create: true });
    return accessTo(await inside.getFileHandle(name, { create: true }));
  };
  return {
    ...diskBlobs(root),
    async write(folder, name, bytes) {
      const access = await open(folder, name);
      try {
        access.truncate(0);
        writeAll(access, bytes, 0);
        access.flush();
      } finally {
        access.close();
      }
    },
    async append(folder, name, from) {
      const access = await open(folder, name);
      let at = from;
      access.truncate(at);
      return {
        append(bytes) {
          writeAll(access, bytes, at);
          at += bytes.length;
        },
        async close() {
          access.flush();
          access.close();
        },
      };
    },
  };
}

async function accessTo(file: FileSystemFileHandle): Promise<FileSystemSyncAccessHandle> {
  for (let waited = 0; ; waited += 100) {
    try {
      return await file.createSyncAccessHandle();
    } catch (error) {
      const isHeld = error instanceof DOMException && error.name === 'NoModificationAllowedError';
      if (!isHeld || waited >= HELD) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Some browsers write only a part on a full disk, and say nothing. */
function writeAll(access: FileSystemSyncAccessHandle, bytes: Uint8Array, at: number): void {
  if (access.write(bytes, { at }) < bytes.length) {
    throw new DOMException('The disk is full.', 'QuotaExceededError');
  }
}
