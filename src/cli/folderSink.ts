// A folder on disk as the place a pack is written to.
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { PackSink } from '../convert/packWriter.ts';
import { UserError } from '../errors.ts';

/**
 * Makes the folder, and folders in it, when they are needed; files of the same name are replaced.
 * Its writes throw a UserError where the folder cannot be made or written to.
 */
export function folderSink(folder: string): PackSink {
  return {
    async write(path, chunks) {
      const file = join(folder, path);
      try {
        await mkdir(dirname(file), { recursive: true });
        await pipeline(chunks, createWriteStream(file));
      } catch (cause) {
        // Only the file system's errors name a system call; others come from what is being written.
        if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
        throw new UserError('settings', `Cannot write ${file}: ${cause.message}.`, { cause });
      }
    },
  };
}
