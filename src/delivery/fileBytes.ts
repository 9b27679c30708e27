// A whole file of the store, in memory, and held against its name.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { FileName, KeptFile } from './keptFile.ts';

/**
 * Fills `bytes` with the file.
 * @param isChecked just now, as it came
 * @returns false when what lies there is not the file
 */
export async function readInto(
  bytes: Uint8Array<ArrayBuffer>,
  file: FileName,
  kept: KeptFile,
  isChecked: boolean,
): Promise<boolean> {
  for (const segment of kept.segments) {
    const part = await kept.read(segment);
    if (part.length !== segment.end - segment.start) return false;
    if (part.buffer !== bytes.buffer) bytes.set(part, segment.start);
  }
  return isChecked || (await hexDigest(bytes)) === file.sha256;
}

/** The browser's own SHA-256 is several times as fast; pages without https have none. */
async function hexDigest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const { subtle } = globalThis.crypto;
  return bytesToHex(subtle ? new Uint8Array(await subtle.digest('SHA-256', bytes)) : sha256(bytes));
}
