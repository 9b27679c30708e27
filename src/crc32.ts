// The zip check sum, eight bytes a turn ("slicing by 8"): checkpoints are gigabytes.

/** Table k, entry b: the check sum of byte b followed by k zero bytes. [8 * 256] Built when first needed, as a page loads without. */
let tables: Uint32Array | null = null;

function buildTables(): Uint32Array {
  const table = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    table[byte] = crc;
  }
  for (let i = 256; i < table.length; i++) table[i] = (table[i - 256] >>> 8) ^ table[table[i - 256] & 255];
  return table;
}

/** CRC-32 as in zip and PNG; pass the previous result to continue over another piece. u32 */
export function crc32(bytes: Uint8Array, previous = 0): number {
  tables ??= buildTables();
  const table = tables;
  let crc = ~previous;
  let i = 0;
  for (const last = bytes.length - 8; i <= last; i += 8) {
    const low = crc ^ (bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24));
    crc =
      table[1792 + (low & 255)] ^
      table[1536 + ((low >>> 8) & 255)] ^
      table[1280 + ((low >>> 16) & 255)] ^
      table[1024 + (low >>> 24)] ^
      table[768 + bytes[i + 4]] ^
      table[512 + bytes[i + 5]] ^
      table[256 + bytes[i + 6]] ^
      table[bytes[i + 7]];
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ table[(crc ^ bytes[i]) & 255];
  return ~crc >>> 0;
}
