// Pictures as people bring them, made byte by byte: no canvas writes these.
import { deflateSync } from 'node:zlib';
import { crc32 } from '../../src/crc32.ts';

const letters = (text: string) => [...text].map((letter) => letter.charCodeAt(0));

/** One pixel, white in its first frame and black in its second. */
export function twoFrameGif(): Uint8Array {
  // After 2 bits of code: clear, the colour, end, in 3 bits each.
  const frame = (index: number) => [
    ...[0x21, 0xf9, 4, 0, 10, 0, 0, 0],
    ...[0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0],
    ...[2, 2, 0x44 | (index << 3), 1, 0],
  ];
  return Uint8Array.from([
    ...letters('GIF89a'),
    ...[1, 0, 1, 0, 0x80, 0, 0],
    ...[255, 255, 255, 0, 0, 0],
    ...frame(0),
    ...frame(1),
    0x3b,
  ]);
}

/** 16 x 16 pixels of four inks, half of each (ITU T.81; APP14 as Adobe writes it). */
export function cmykJpeg(): Uint8Array {
  const segment = (marker: number, body: readonly number[]) => [0xff, marker, 0, body.length + 2, ...body];
  /** One symbol, 0, of one bit. */
  const huffman = (kind: number) => segment(0xc4, [kind, 1, ...Array(15).fill(0), 0]);
  const inks = [1, 2, 3, 4];
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xee, [...letters('Adobe'), 0, 100, 0, 0, 0, 0, 0]),
    ...segment(0xdb, [0, ...Array(64).fill(1)]),
    ...segment(0xc0, [8, 0, 16, 0, 16, 4, ...inks.flatMap((ink) => [ink, 0x11, 0])]),
    ...huffman(0x00),
    ...huffman(0x10),
    ...segment(0xda, [4, ...inks.flatMap((ink) => [ink, 0]), 0, 63, 0]),
    // For each of four blocks and inks: no difference, nothing more.
    ...Array(4).fill(0),
    ...[0xff, 0xd9],
  ]);
}

/** A photograph's worth of pixels in a small file: black and white, a bit each, all black. */
export function hugePng(width: number, height: number): Uint8Array {
  const chunk = (type: string, body: Uint8Array) => {
    const bytes = new Uint8Array(12 + body.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, body.length);
    bytes.set(letters(type), 4);
    bytes.set(body, 8);
    view.setUint32(8 + body.length, crc32(bytes.subarray(4, 8 + body.length)));
    return bytes;
  };
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header[8] = 1;
  const rows = deflateSync(new Uint8Array(height * (1 + Math.ceil(width / 8))));
  const parts = [
    Uint8Array.from([0x89, ...letters('PNG'), 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', new Uint8Array()),
  ];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** The beginning of a file that no browser but Safari shows. */
export const heic = () =>
  Uint8Array.from([0, 0, 0, 24, ...letters('ftypheic'), 0, 0, 0, 0, ...letters('mif1heic')]);
