// A folder on disk as the place a pack is written to.
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { PackSink } from '../convert/packWriter.ts';

/** Makes the folder, and folders in it, when they are needed; files of the same name are replaced. */
export function folderSink(folder: string): PackSink {
  return {
    async write(path, chunks) {
      const file = join(folder, path);
      await mkdir(dirname(file), { recursive: true });
      await pipeline(chunks, createWriteStream(file));
    },
  };
}
