// A file on disk as a ByteSource.
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ByteSource } from '../convert/source.ts';
import type { ReadBytes } from '../engine/makeCheck.ts';
import { UserError } from '../errors.ts';

/** Bytes read after which what is no longer needed is let go at once. */
const COLLECT_AFTER = 256e6;

export interface FileSource extends ByteSource {
  dispose(): Promise<void>;
}

/** @throws {UserError} when the file cannot be opened, or is a folder. */
export async function openFileSource(path: string): Promise<FileSource> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    throw new UserError('checkpoint', `Cannot open ${path}: ${(error as Error).message}.`, { cause: error });
  }
  const status = await file.stat();
  if (!status.isFile()) {
    await file.close();
    throw new UserError('checkpoint', `${path} is not a file.`);
  }
  let uncollected = 0;
  return {
    byteLength: status.size,
    async slice(start, end) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, status.size) - start));
      let filled = 0;
      while (filled < bytes.byteLength) {
        const { bytesRead } = await file.read(bytes, filled, bytes.byteLength - filled, start + filled);
        if (bytesRead === 0) {
          throw new UserError('checkpoint', `${path} became shorter while it was read.`);
        }
        filled += bytesRead;
      }
      // On a busy machine the collector falls behind, and a conversion then holds many weights that it is done with.
      uncollected += filled;
      if (uncollected > COLLECT_AFTER) {
        globalThis.gc?.();
        uncollected = 0;
      }
      return bytes;
    },
    dispose: () => file.close(),
  };
}

/** Reads parts of the files of a folder, each opened for that alone. @throws {UserError} as openFileSource() does */
export function readsFrom(folder: string): ReadBytes {
  return async (path, start, end) => {
    const source = await openFileSource(join(folder, path));
    try {
      return await source.slice(start, end);
    } finally {
      await source.dispose();
    }
  };
}
