// Writes a pack's files, taking size and hash on the way.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { PackFile } from '../pack/manifest.ts';

/** Where a pack goes: a folder, a browser's storage, a download. */
export interface PackSink {
  /** Takes one file whole; `path` is relative to pack.json. */
  write(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
}

/** @throws the signal's reason once it is aborted. */
export async function writePackFile(
  sink: PackSink,
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  onWritten?: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<PackFile> {
  const hash = sha256.create();
  let bytes = 0;
  async function* measured() {
    for await (const chunk of chunks) {
      signal?.throwIfAborted();
      hash.update(chunk);
      bytes += chunk.byteLength;
      yield chunk;
      onWritten?.(bytes);
    }
  }
  await sink.write(path, measured());
  return { file: path, bytes, sha256: bytesToHex(hash.digest()) };
}

/** A text as the chunks of a file. */
export async function* textChunks(text: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield new TextEncoder().encode(text);
}
