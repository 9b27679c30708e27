// The packs that have files in the store, and the files that no pack names any more.
import type { KeptBlobs } from './blobStore.ts';
import { fileLock, ifNobody } from './locks.ts';

const prefix = 'pack-';
const hash = /^[0-9a-f]{64}$/;

export interface KeptRecord {
  readonly folder: string;
  readonly address: string;
  /** What its pack.json held; undefined where that cannot be read. */
  readonly manifest: unknown;
  /** Milliseconds since 1970; null where the files never were all there. */
  readonly usedAt: number | null;
}

export const recordFolder = (id: string): string => prefix + id;
export const isRecord = (folder: string): boolean => folder.startsWith(prefix);

/** Null where there is none. */
export async function readRecord(blobs: KeptBlobs, folder: string): Promise<KeptRecord | null> {
  const text = async (name: string) => {
    const bytes = await blobs.read(folder, name);
    return bytes && new TextDecoder().decode(bytes);
  };
  const address = await text('address');
  if (!address) return null;
  const used = Number(await text('used'));
  return { folder, address, manifest: parsed(await text('pack.json')), usedAt: used > 0 ? used : null };
}

/** Removes files that no pack names, but for those that somebody is at. Called under `namesLock`. */
export async function sweepFiles(blobs: KeptBlobs): Promise<void> {
  const folders = await blobs.folders();
  const named = new Set<string>();
  for (const folder of folders.filter(isRecord)) {
    const manifest = await blobs.read(folder, 'pack.json');
    // What a tab left that was closed, or that did not see it go.
    if (!manifest) await blobs.remove(folder).catch(() => {});
    // Whatever a pack.json means, of this version or a newer one: these are the names.
    const text = manifest ? new TextDecoder().decode(manifest) : '';
    for (const [name] of text.matchAll(/\b[0-9a-f]{64}\b/g)) named.add(name);
  }
  for (const folder of folders) {
    if (hash.test(folder) && !named.has(folder)) {
      // What is held open goes the next time.
      await ifNobody(fileLock(folder), () => blobs.remove(folder).catch(() => {}));
    }
  }
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
