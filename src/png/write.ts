// Writes PNG files (W3C PNG, third edition) without a canvas: the bytes are exactly the decoder's, in every browser
// (some add noise to what a canvas gives back), and iTXt takes prompts in any script.

import { crc32 } from '../crc32.ts';
import type { RgbaImage } from '../types.ts';

/** One iTXt chunk; the keyword is Latin-1, 1 to 79 characters, the text any Unicode. */
export interface PngText {
  readonly keyword: string;
  readonly text: string;
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** The picture at its real size, 8-bit RGB (decoded pictures are opaque), with the texts before the pixels. */
export async function encodePng(image: RgbaImage, texts: readonly PngText[]): Promise<Blob> {
  return pngFile(image, texts, [chunk('IDAT', await deflate(paethRows(image)))]);
}

/** A file of this size, with the texts before these chunks. */
export function pngFile(
  { width, height }: Pick<RgbaImage, 'width' | 'height'>,
  texts: readonly PngText[],
  chunks: readonly Uint8Array<ArrayBuffer>[],
): Blob {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = 8; // bits a channel
  header[9] = 2; // RGB
  return new Blob(
    [
      new Uint8Array(signature),
      chunk('IHDR', header),
      ...texts.map((text) => chunk('iTXt', internationalText(text))),
      ...chunks,
      chunk('IEND', new Uint8Array()),
    ],
    { type: 'image/png' },
  );
}

/** Length, type, data, and their sum. */
export function chunk(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** keyword, 0, not compressed (two bytes), no language, no translated keyword, text in UTF-8 (which may hold no 0). */
function internationalText({ keyword, text }: PngText): Uint8Array {
  return new TextEncoder().encode(`${keyword}\0\0\0\0\0${text.replaceAll('\0', '\uFFFD')}`);
}

/** Rows of RGB under filter 4: each byte less the one of left, above and upper left nearest to left + above - upper left. */
function paethRows({ width, height, data }: RgbaImage): Uint8Array<ArrayBuffer> {
  const rows = new Uint8Array(height * (1 + 3 * width)); // [height, 1 + 3 * width]
  let out = 0;
  for (let y = 0; y < height; y++) {
    rows[out++] = 4;
    for (let x = 0; x < width; x++) {
      const pixel = 4 * (y * width + x);
      const left = x ? pixel - 4 : -1;
      const above = y ? pixel - 4 * width : -1;
      const upperLeft = x && y ? above - 4 : -1;
      for (let channel = 0; channel < 3; channel++) {
        const guess = paeth(
          left < 0 ? 0 : data[left + channel],
          above < 0 ? 0 : data[above + channel],
          upperLeft < 0 ? 0 : data[upperLeft + channel],
        );
        rows[out++] = data[pixel + channel] - guess;
      }
    }
  }
  return rows;
}

function paeth(left: number, above: number, upperLeft: number): number {
  const estimate = left + above - upperLeft;
  const toLeft = Math.abs(estimate - left);
  const toAbove = Math.abs(estimate - above);
  const toUpperLeft = Math.abs(estimate - upperLeft);
  if (toLeft <= toAbove && toLeft <= toUpperLeft) return left;
  return toAbove <= toUpperLeft ? above : upperLeft;
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
