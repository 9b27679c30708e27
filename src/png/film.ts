// Pictures as one moving PNG (APNG: W3C PNG, third edition, section 11.3.8): every browser plays it, and what knows only still
// PNGs shows the first picture.
import type { RgbaImage } from '../types.ts';
import { chunk, type PngText, pixelStream, pngFile } from './write.ts';

/** How long a picture is shown, in milliseconds; the first and the last are held. */
export const FRAME = 120;
export const HOLD = 900;

/** There and back, for ever: each picture's place and how long it is shown. `[0, 1, 2]` becomes 0 1 2 1. */
export function framesOf(count: number): { readonly index: number; readonly milliseconds: number }[] {
  const forth = Array.from({ length: count }, (_, i) => i);
  return [...forth, ...forth.slice(1, -1).reverse()].map((index) => ({
    index,
    milliseconds: index === 0 || index === count - 1 ? HOLD : FRAME,
  }));
}

/**
 * @param images of one size, at least one
 * @throws {RangeError} when they are of different sizes, or none
 */
export async function encodeFilm(images: readonly RgbaImage[], texts: readonly PngText[]): Promise<Blob> {
  const [first] = images;
  if (!first || images.some(({ width, height }) => width !== first.width || height !== first.height)) {
    throw new RangeError('A film needs pictures of one size.');
  }
  const pixels = await Promise.all(images.map(pixelStream));
  const frames = framesOf(images.length);
  const chunks = [chunk('acTL', words(frames.length, 0))];
  // Of fcTL and fdAT together, in order.
  let sequence = 0;
  for (const [place, { index, milliseconds }] of frames.entries()) {
    chunks.push(chunk('fcTL', frameControl(sequence++, first, milliseconds)));
    if (place === 0) chunks.push(chunk('IDAT', pixels[index]));
    else chunks.push(chunk('fdAT', joined(words(sequence++), pixels[index])));
  }
  return pngFile(first, texts, chunks);
}

/** Whole pictures, each in the place of the one before. */
function frameControl(sequence: number, { width, height }: RgbaImage, milliseconds: number): Uint8Array {
  const delay = new Uint8Array(6);
  const view = new DataView(delay.buffer);
  view.setUint16(0, milliseconds);
  view.setUint16(2, 1000);
  return joined(words(sequence, width, height, 0, 0), delay);
}

function words(...values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value);
  return new Uint8Array(view.buffer);
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(one.length + other.length);
  bytes.set(one);
  bytes.set(other, one.length);
  return bytes;
}
