// An own pack as one file to keep: unpacked on any web server, it opens by its address.

import { crc32 } from '../crc32.ts';
import { UserError } from '../errors.ts';
import { zipFiles } from './zip.ts';

/** What a zip archive without its 64-bit extension holds, with room for its directory. */
const mostBytes = 2 ** 32 - 2 ** 20;

/**
 * An archive with one folder. It refers to the stored files instead of holding them; each is read through once.
 * @throws {UserError} `storage` for a pack over 4 GiB
 */
export async function packArchive(
  folder: string,
  files: readonly { readonly path: string; readonly file: Blob }[],
): Promise<Blob> {
  const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
  if (bytes > mostBytes) {
    throw new UserError(
      'storage',
      `This model makes ${(bytes / 1e9).toFixed(1)} GB, and a zip file holds 4.2 GB at most: convert it again with fewer bits, then export that.`,
    );
  }
  const entries = [];
  for (const { path, file } of files) {
    entries.push({ name: `${folder}/${path}`, content: file, size: file.size, crc: await checksum(file) });
  }
  return zipFiles(entries);
}

async function checksum(file: Blob): Promise<number> {
  const reader = file.stream().getReader();
  let crc = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) crc = crc32(read.value, crc);
  return crc;
}
