// What the page tells of packs that were opened by their addresses, and putting them away.
import { parseManifest } from '../pack/manifest.ts';
import { packFiles } from '../pack/packFiles.ts';
import type { KeptBlobs } from './blobStore.ts';
import { openKeptBlobs } from './keptBlobs.ts';
import { isSegment } from './keptFile.ts';
import { alone, namesLock } from './locks.ts';
import { isRecord, type KeptRecord, readRecord, sweepFiles } from './records.ts';

export interface StoredPack {
  /** Of its folder, with the closing slash. */
  readonly address: string;
  /** As recipes name it. */
  readonly id: string;
  readonly name: string;
  readonly license: string;
  /** On this device; files that other packs share are counted with each. */
  readonly bytes: number;
  /** Milliseconds since 1970; null where a download has not come to its end. */
  readonly usedAt: number | null;
}

/** What the page asks of the store. */
export interface StoredPacks {
  /** Those used last first; none where nothing is kept. */
  list(): Promise<readonly StoredPack[]>;
  /** Its files go with it, but for those of other packs. */
  remove(address: string): Promise<void>;
}

export function storedPacks(open: () => Promise<KeptBlobs | null> = openKeptBlobs): StoredPacks {
  return {
    async list() {
      const blobs = await open();
      const found: StoredPack[] = [];
      for (const record of blobs ? await records(blobs) : []) {
        const pack = await describe(blobs!, record);
        if (pack) found.push(pack);
      }
      return found.sort((a, b) => (b.usedAt ?? 0) - (a.usedAt ?? 0));
    },

    async remove(address) {
      const blobs = await open();
      if (!blobs) return;
      await alone(namesLock, async () => {
        for (const record of await records(blobs)) {
          if (record.address === address) await blobs.remove(record.folder);
        }
        await sweepFiles(blobs);
      });
    },
  };
}

async function records(blobs: KeptBlobs): Promise<KeptRecord[]> {
  const folders = (await blobs.folders()).filter(isRecord);
  const found = await Promise.all(folders.map((folder) => readRecord(blobs, folder)));
  return found.filter((record) => record !== null);
}

/** Null for one that this version does not read: it is told of when it is opened. */
async function describe(blobs: KeptBlobs, record: KeptRecord): Promise<StoredPack | null> {
  try {
    const manifest = parseManifest(record.manifest);
    let bytes = 0;
    for (const hash of new Set(packFiles(manifest).map(({ sha256 }) => sha256))) {
      for (const [name, size] of await blobs.sizes(hash)) if (isSegment(name)) bytes += size;
    }
    const { address, usedAt } = record;
    return { address, id: manifest.id, name: manifest.name, license: manifest.license, bytes, usedAt };
  } catch {
    return null;
  }
}
