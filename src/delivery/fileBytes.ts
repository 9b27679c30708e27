// A whole file of the store, in memory, and held against its name.
import { hexDigest } from './digest.ts';
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
