// The origin-private file system, as far as a page may use it: a folder `delivered`, beside that of the packs one made.
import type { KeptBlobs } from './blobStore.ts';

/** @throws {DOMException} where the browser keeps nothing, as in some private windows */
export async function deliveredFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle('delivered', { create: true });
}

/** Reading and removing. */
export function diskBlobs(root: FileSystemDirectoryHandle): KeptBlobs {
  return {
    lasts: 'disk',
    async folders() {
      const names: string[] = [];
      for await (const name of root.keys()) names.push(name);
      return names;
    },
    async sizes(folder) {
      const sizes = new Map<string, number>();
      const inside = await orNull(root.getDirectoryHandle(folder));
      if (!inside) return sizes;
      for await (const handle of inside.values()) {
        const file = handle.kind === 'file' ? await orNull(handle.getFile()) : null;
        if (file) sizes.set(file.name, file.size);
      }
      return sizes;
    },
    async read(folder, name) {
      const inside = await orNull(root.getDirectoryHandle(folder));
      const file = await orNull(inside?.getFileHandle(name).then((handle) => handle.getFile()));
      return file ? new Uint8Array(await file.arrayBuffer()) : null;
    },
    async remove(folder) {
      await orNull(root.removeEntry(folder, { recursive: true }));
    },
  };
}

/** Null for what is not there, or is no longer. */
async function orNull<T>(found: Promise<T> | undefined): Promise<T | null> {
  try {
    return (await found) ?? null;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return null;
    throw error;
  }
}
