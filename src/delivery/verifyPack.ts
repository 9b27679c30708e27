// Whether the files of a pack are still what they were: a disk may spoil what was whole once.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { parseManifest } from '../pack/manifest.ts';
import { packFiles } from '../pack/packFiles.ts';
import type { BlobStore } from './blobStore.ts';
import { openKeptFile } from './keptFile.ts';
import { alone, fileLock } from './locks.ts';
import { packRecord } from './packRecord.ts';
import { usualLimits } from './patience.ts';

export interface Verified {
  /** Files that were held against their SHA-256. */
  readonly checked: number;
  /** Names of those that are not what they should be. */
  readonly damaged: readonly string[];
}

/**
 * Reads all files that are there of the pack that was opened by this address. Damaged ones are removed: the next opening
 * fetches them anew.
 * @param onBytes told how many have been read of how many
 */
export async function verifyPack(
  store: BlobStore,
  address: string,
  onBytes: (doneBytes: number, totalBytes: number) => void,
  segmentBytes = usualLimits.segment,
): Promise<Verified> {
  const files = packFiles(parseManifest(await packRecord(store, address).manifest()));
  const open = (file: (typeof files)[number]) => openKeptFile(store, file, segmentBytes);
  const states = await Promise.all(files.map(open));
  const there = files.filter((_, index) => states[index].isWhole);
  const totalBytes = there.reduce((sum, { bytes }) => sum + bytes, 0);
  const damaged: string[] = [];
  let doneBytes = 0;
  for (const file of there) {
    await alone(fileLock(file.sha256), async () => {
      const kept = await open(file);
      const hash = sha256.create();
      for (const segment of kept.segments) {
        hash.update(await kept.read(segment));
        doneBytes += segment.end - segment.start;
        onBytes(doneBytes, totalBytes);
      }
      if (bytesToHex(hash.digest()) === file.sha256) return;
      damaged.push(file.file);
      await kept.drop();
    });
  }
  return { checked: there.length, damaged };
}
