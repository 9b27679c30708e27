// How many pixels a picture's file unfolds to, told by its first bytes: a small file can ask for all memory there is.

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** @returns null for other formats, and where the file breaks off before it says so */
export function pictureSize(bytes: Uint8Array): PictureSize | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const letters = (at: number, text: string) =>
    at + text.length <= bytes.length &&
    [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));
  try {
    if (letters(1, 'PNG')) return { width: view.getUint32(16), height: view.getUint32(20) };
    if (letters(0, 'GIF8')) return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    if (view.getUint16(0) === 0xffd8) return jpegSize(view);
    if (letters(0, 'RIFF') && letters(8, 'WEBP')) return webpSize(view, bytes);
    return null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** From the first start-of-frame (ITU T.81, B.2.2): C0 to CF but for tables (C4), extensions (C8) and conditioning (CC). */
function jpegSize(view: DataView): PictureSize | null {
  for (let at = 2; view.getUint8(at) === 0xff; ) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    }
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

/** RFC 9649, 2.5 to 2.7: lossy, lossless and extended files. */
function webpSize(view: DataView, bytes: Uint8Array): PictureSize | null {
  const kind = String.fromCharCode(...bytes.subarray(12, 16));
  if (kind === 'VP8 ') {
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  }
  if (kind === 'VP8L') {
    const bits = view.getUint32(21, true);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff) };
  }
  if (kind !== 'VP8X') return null;
  const threeBytes = (at: number) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  return { width: 1 + threeBytes(24), height: 1 + threeBytes(27) };
}
