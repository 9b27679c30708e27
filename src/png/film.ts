// Pictures as one moving PNG (APNG: W3C PNG, third edition, section 11.3.8): every browser plays it, and what knows only still
// PNGs shows the first picture.
import { pngChunks } from './chunks.ts';
import { chunk, type PngText, pngFile } from './write.ts';

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
 * @param pictures files of encodePng(), of one size, at least one: their pixels are taken as they lie there
 * @throws {RangeError} when they are of different sizes, none, or not such files
 */
export async function encodeFilm(pictures: readonly Blob[], texts: readonly PngText[]): Promise<Blob> {
  const stills = await Promise.all(pictures.map(stillOf));
  const [first] = stills;
  if (!first || stills.some(({ width, height }) => width !== first.width || height !== first.height)) {
    throw new RangeError('A film needs pictures of one size.');
  }
  const frames = framesOf(stills.length);
  const chunks = [chunk('acTL', words(frames.length, 0))];
  // Of fcTL and fdAT together, in order.
  let sequence = 0;
  for (const [place, { index, milliseconds }] of frames.entries()) {
    const { pixels } = stills[index];
    chunks.push(chunk('fcTL', frameControl(sequence++, first, milliseconds)));
    if (place === 0) chunks.push(chunk('IDAT', pixels));
    else chunks.push(chunk('fdAT', joined(words(sequence++), pixels)));
  }
  return pngFile(first, texts, chunks);
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What encodePng() wrote: a header, and all pixels in one chunk. */
async function stillOf(file: Blob): Promise<Size & { readonly pixels: Uint8Array }> {
  const chunks = [...pngChunks(new Uint8Array(await file.arrayBuffer()))];
  const [header, pixels] = ['IHDR', 'IDAT'].map((name) => chunks.find(({ type }) => type === name)?.data);
  if (!header || !pixels) throw new RangeError('A picture of a film has no pixels.');
  const view = new DataView(header.buffer, header.byteOffset);
  return { width: view.getUint32(0), height: view.getUint32(4), pixels };
}

/** Whole pictures, each in the place of the one before. */
function frameControl(sequence: number, { width, height }: Size, milliseconds: number): Uint8Array {
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
