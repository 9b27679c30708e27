// PNG files chunk by chunk, as faulty as a test wants them.
import { crc32, deflateSync } from 'node:zlib';

export interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** In place of the right ones. */
  readonly sum?: number;
  readonly length?: number;
}

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const utf8 = (text: string) => Buffer.from(text, 'utf8');

/** tEXt; the bytes are Latin-1 unless given. */
export const text = (keyword: string, content: string | Uint8Array): Chunk => ({
  type: 'tEXt',
  data: Buffer.concat([latin1(`${keyword}\0`), typeof content === 'string' ? latin1(content) : content]),
});

export const compressed = (keyword: string, content: string, folded = deflateSync(utf8(content))): Chunk => ({
  type: 'zTXt',
  data: Buffer.concat([latin1(`${keyword}\0\0`), folded]),
});

export const international = (keyword: string, content: string): Chunk => ({
  type: 'iTXt',
  data: Buffer.concat([latin1(`${keyword}\0\0\0de\0Schlüssel\0`), utf8(content)]),
});

export const internationalCompressed = (
  keyword: string,
  content: string,
  folded = deflateSync(utf8(content)),
): Chunk => ({ type: 'iTXt', data: Buffer.concat([latin1(`${keyword}\0\x01\0\0\0`), folded]) });

export const header: Chunk = { type: 'IHDR', data: Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0) };
export const pixels: Chunk = { type: 'IDAT', data: deflateSync(Uint8Array.of(0, 200, 100, 50)) };
export const end: Chunk = { type: 'IEND', data: new Uint8Array() };

export const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

export function pngOf(...chunks: readonly Chunk[]): Uint8Array {
  const pieces = chunks.map(({ type, data, sum, length }) => {
    const body = Buffer.concat([latin1(type), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(length ?? data.length, 0);
    frame.writeUInt32BE(sum ?? crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  });
  return new Uint8Array(Buffer.concat([signature, ...pieces]));
}

/** One pixel, with these chunks before it. */
export const pixelWith = (...chunks: readonly Chunk[]) => pngOf(header, ...chunks, pixels, end);
