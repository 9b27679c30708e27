// Writes zip archives as PyTorch does (stored, contents aligned to 64 bytes), and as others do.
import { deflateRawSync } from 'node:zlib';
import { crc32 } from '../../src/crc32.ts';
import { bytes, concatenate, le } from './pickleWriter.ts';

export interface ZipOptions {
  /** All sizes in zip64 fields, as for archives beyond 4 GB. */
  readonly zip64?: boolean;
  /** Sizes and check sum behind the contents; zero in the local header. */
  readonly dataDescriptors?: boolean;
}

export interface ZipFileContents {
  readonly name: string;
  readonly data: Uint8Array;
  readonly deflate?: boolean;
}

/** What the list of contents says of an entry. */
interface Listed {
  readonly name: Uint8Array;
  readonly method: number;
  readonly flags: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/** Gives an archive piece by piece: `entry` for each file in order, then `end`. */
export function zipWriter({ zip64 = false, dataDescriptors = false }: ZipOptions = {}) {
  const listed: Listed[] = [];
  let at = 0;
  const counted = (piece: Uint8Array) => {
    at += piece.length;
    return piece;
  };
  return {
    entry({ name: text, data, deflate = false }: ZipFileContents): Uint8Array {
      const name = bytes(text);
      const packed = deflate ? deflateRawSync(data) : data;
      const entry: Listed = {
        name,
        method: deflate ? 8 : 0,
        flags: dataDescriptors ? 8 : 0,
        crc: crc32(data),
        packed: packed.length,
        size: data.length,
        offset: at,
      };
      listed.push(entry);
      const known = dataDescriptors ? { ...entry, crc: 0, packed: 0, size: 0 } : entry;
      const header = bytes(
        'PK',
        3,
        4,
        common(known),
        le(known.packed, 4),
        le(known.size, 4),
        le(name.length, 2),
      );
      const padding = (64 - ((at + header.length + 2 + name.length + 4) % 64)) % 64;
      const extra = bytes('FB', le(padding, 2), new Uint8Array(padding));
      const numbers = [le(entry.crc, 4), le(entry.packed, zip64 ? 8 : 4), le(entry.size, zip64 ? 8 : 4)];
      const descriptor = dataDescriptors ? [bytes('PK', 7, 8), ...numbers] : [];
      return counted(concatenate([header, le(extra.length, 2), name, extra, packed, ...descriptor]));
    },
    end(): Uint8Array {
      const start = at;
      const headers = listed.map((entry) => {
        const long = zip64 || entry.offset > 0xfffffffe;
        const short = (value: number) => (long ? le(0xffffffff, 4) : le(value, 4));
        const extra = long
          ? bytes(le(1, 2), le(24, 2), le(entry.size, 8), le(entry.packed, 8), le(entry.offset, 8))
          : bytes();
        return bytes(
          ...[
            'PK',
            1,
            2,
            0,
            0,
            common(entry),
            short(entry.packed),
            short(entry.size),
            le(entry.name.length, 2),
          ],
          ...[le(extra.length, 2), new Uint8Array(10), short(entry.offset), entry.name, extra],
        );
      });
      const directory = concatenate(headers);
      const end = start + directory.length;
      const count = listed.length;
      const long = zip64 || start > 0xfffffffe;
      const end64 = long
        ? bytes(
            ...['PK', 6, 6, le(44, 8), le(45, 2), le(45, 2), le(0, 4), le(0, 4), le(count, 8), le(count, 8)],
            ...[le(directory.length, 8), le(start, 8), 'PK', 6, 7, le(0, 4), le(end, 8), le(1, 4)],
          )
        : bytes();
      const shortCount = long ? le(0xffff, 2) : le(count, 2);
      const shortSize = long ? le(0xffffffff, 4) : le(directory.length, 4);
      const shortStart = long ? le(0xffffffff, 4) : le(start, 4);
      const close = bytes('PK', 5, 6, le(0, 4), shortCount, shortCount, shortSize, shortStart, le(0, 2));
      return counted(concatenate([directory, end64, close]));
    },
  };
}

/** The fields that local and central headers share, up to the check sum. */
function common({ flags, method, crc }: Pick<Listed, 'flags' | 'method' | 'crc'>): Uint8Array {
  return bytes(le(20, 2), le(flags, 2), le(method, 2), le(0, 2), le(33, 2), le(crc, 4));
}

/** A whole archive in memory. */
export function makeZip(files: readonly ZipFileContents[], options?: ZipOptions): Uint8Array<ArrayBuffer> {
  const writer = zipWriter(options);
  const pieces = files.map((file) => writer.entry(file));
  return concatenate([...pieces, writer.end()]);
}

/** A PyTorch file in memory: data.pkl and the storages by key, in a folder. */
export function makeCheckpoint(
  pickled: Uint8Array,
  storages: Readonly<Record<string, Uint8Array>> = {},
  options?: ZipOptions,
): Uint8Array<ArrayBuffer> {
  const files = Object.entries(storages).map(([key, data]) => ({ name: `archive/data/${key}`, data }));
  return makeZip([{ name: 'archive/data.pkl', data: pickled }, ...files], options);
}
