// What a page finds of all that workers have kept.
import type { BlobStore, KeptBlobs } from './blobStore.ts';
import { cacheStore } from './cacheStore.ts';
import { deliveredFolder, diskBlobs } from './diskBlobs.ts';

/** Where the workers keep things; null where that is in memory. */
export async function openKeptBlobs(): Promise<KeptBlobs | null> {
  return (await orNull(async () => diskBlobs(await deliveredFolder()))) ?? (await orNull(openCache));
}

export async function openCache(): Promise<BlobStore> {
  return cacheStore(await caches.open('delivered'), location.origin);
}

/** Browsers refuse in many ways: by an error, or by not knowing the word. */
export async function orNull<T>(open: () => Promise<T>): Promise<T | null> {
  try {
    return await open();
  } catch {
    return null;
  }
}
