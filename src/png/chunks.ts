// A PNG file as chunks (W3C PNG, third edition, section 5), as far as it is whole.
import { crc32 } from '../crc32.ts';
import { UserError } from '../errors.ts';

export interface PngChunk {
  /** Four letters. */
  readonly type: string;
  /** Not copied. */
  readonly data: Uint8Array;
  /** Whether type and data have the checksum that stands behind them. */
  isIntact(): boolean;
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Length, type and checksum. */
const FRAME = 12;

/** Other pictures, by where their first bytes differ. */
const others = [
  { name: 'a JPEG', at: 0, bytes: [0xff, 0xd8, 0xff] },
  { name: 'a WebP picture', at: 8, bytes: [0x57, 0x45, 0x42, 0x50] },
  { name: 'a GIF', at: 0, bytes: [0x47, 0x49, 0x46, 0x38] },
  { name: 'an AVIF or HEIC picture', at: 4, bytes: [0x66, 0x74, 0x79, 0x70] },
];

/**
 * Yields the chunks up to IEND; what comes behind it is no part of the picture.
 * @returns what is wrong with the file from some place on, as a clause, or null
 * @throws {UserError} `recipe` when it is no PNG
 */
export function* pngChunks(bytes: Uint8Array): Generator<PngChunk, string | null> {
  if (!startsWith(bytes, 0, signature)) throw noPng(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = signature.length;
  while (at + FRAME <= bytes.length) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (!/^[A-Za-z]{4}$/.test(type)) return `what stands at byte ${at} is no chunk`;
    if (length > bytes.length - at - FRAME) return `the file is cut off after ${bytes.length} bytes`;
    const body = bytes.subarray(at + 4, at + 8 + length);
    const sum = view.getUint32(at + 8 + length);
    yield { type, data: body.subarray(4), isIntact: () => crc32(body) === sum };
    if (type === 'IEND') return null;
    at += FRAME + length;
  }
  return `the file is cut off after ${bytes.length} bytes`;
}

function startsWith(bytes: Uint8Array, at: number, expected: readonly number[]): boolean {
  return expected.every((byte, i) => bytes[at + i] === byte);
}

function noPng(bytes: Uint8Array): UserError {
  const name = others.find((other) => startsWith(bytes, other.at, other.bytes))?.name;
  return new UserError(
    'recipe',
    name
      ? `This is ${name}, and only PNGs carry a recipe: take the PNG as it was first saved.`
      : 'This file is no PNG, and only PNGs carry a recipe: take the PNG as it was first saved.',
  );
}
