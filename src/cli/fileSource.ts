// A file on disk as a ByteSource.
import { type FileHandle, open } from 'node:fs/promises';
import type { ByteSource } from '../convert/source.ts';
import { UserError } from '../errors.ts';

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
      return bytes;
    },
    dispose: () => file.close(),
  };
}
