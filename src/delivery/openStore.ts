// Which store a worker has: the browser's file system for pages, else its cache, else memory.
import type { BlobStore } from './blobStore.ts';
import { diskStore } from './diskStore.ts';
import { openCache, orNull } from './keptBlobs.ts';
import { memoryStore } from './memoryStore.ts';

/** The best that works here. */
export async function openStore(): Promise<BlobStore> {
  return (await orNull(diskStore)) ?? (await orNull(openCache)) ?? memoryStore();
}
