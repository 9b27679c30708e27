import { inflateSync } from 'node:zlib';

/** The chunks of a PNG file, each with its CRC checked. @throws {Error} when it is none */
export function pngChunks(file: Uint8Array): { type: string; data: Uint8Array }[] {
  const bytes = Buffer.from(file);
  if (!bytes.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex')))
    throw new Error('no PNG signature');
  const chunks: { type: string; data: Uint8Array }[] = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const body = bytes.subarray(at + 4, at + 8 + length);
    if (crc32(body) !== bytes.readUInt32BE(at + 8 + length)) throw new Error(`wrong CRC at ${at}`);
    chunks.push({ type: body.toString('latin1', 0, 4), data: body.subarray(4) });
    at += 12 + length;
  }
  return chunks;
}

/** Bit by bit, as the PNG specification's formula reads: independent of the page's table. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** The bytes of an 8-bit RGB picture, read as the specification's text has it, all five filters. [height, width, 3] */
export function pngPixels(file: Uint8Array): Uint8Array {
  const chunks = pngChunks(file);
  const header = Buffer.from(chunks[0].data);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const rows = inflateSync(
    Buffer.concat(chunks.flatMap(({ type, data }) => (type === 'IDAT' ? [data] : []))),
  );
  const pixels = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (1 + 3 * width)];
    for (let x = 0; x < 3 * width; x++) {
      const a = x < 3 ? 0 : pixels[y * 3 * width + x - 3];
      const b = y < 1 ? 0 : pixels[(y - 1) * 3 * width + x];
      const c = x < 3 || y < 1 ? 0 : pixels[(y - 1) * 3 * width + x - 3];
      const nearest = [a, b, c].sort((p, q) => Math.abs(a + b - c - p) - Math.abs(a + b - c - q))[0];
      const guess = [0, a, b, (a + b) >> 1, nearest][filter];
      pixels[y * 3 * width + x] = rows[y * (1 + 3 * width) + 1 + x] + guess;
    }
  }
  return pixels;
}
