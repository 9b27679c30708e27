// A zip archive of files as they are: pictures are compressed already.
import { crc32 } from '../crc32.ts';

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A file that may be larger than memory, with its checksum taken beforehand. */
export interface ZipFile {
  readonly name: string;
  readonly content: BlobPart;
  readonly size: number;
  /** u32 */
  readonly crc: number;
}

const utf8Names = 0x0800;
// 1980-01-01: the format's first day, so that the same pictures give the same archive.
const day = (1 << 5) | 1;

/** The archive, stored without compression; fewer than 65,536 entries, under 4 GiB. */
export function zip(entries: readonly ZipEntry[]): Blob {
  return zipFiles(
    entries.map(({ name, bytes }) => ({ name, content: bytes, size: bytes.length, crc: crc32(bytes) })),
  );
}

/** The same of files that are not read: the archive refers to them. */
export function zipFiles(entries: readonly ZipFile[]): Blob {
  const files: BlobPart[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  let directoryBytes = 0;
  for (const { name, content, size, crc } of entries) {
    const encodedName = new TextEncoder().encode(name);
    const about = [utf8Names, 0, 0, day]; // flags, stored, time, date
    const sizes = [crc, size, size];
    const local = record([0x04034b50], [20, ...about], sizes, [encodedName.length, 0]);
    const central = record(
      [0x02014b50],
      [20, 20, ...about],
      sizes,
      [encodedName.length, 0, 0, 0, 0],
      [0, offset],
    );
    files.push(local, encodedName, content);
    directory.push(central, encodedName);
    offset += local.length + encodedName.length + size;
    directoryBytes += central.length + encodedName.length;
  }
  const count = entries.length;
  const end = record([0x06054b50], [0, 0, count, count], [directoryBytes, offset], [0]);
  return new Blob([...files, ...directory, end], { type: 'application/zip' });
}

/** Little-endian fields: groups of u32 and of u16 in turn, beginning with u32. */
function record(...groups: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  groups.forEach((group, i) => {
    const width = i % 2 ? 2 : 4;
    for (const value of group) {
      for (let byte = 0; byte < width; byte++) bytes.push((value >>> (8 * byte)) & 0xff);
    }
  });
  return Uint8Array.from(bytes);
}
