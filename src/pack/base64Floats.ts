// Numbers in pack.json: float32, little-endian, base64. In plain TypeScript, as this room knows no browser.

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const digits = new Map([...alphabet].map((character, digit) => [character, digit]));

/** Null unless the text is base64, filled up with "=", of exactly so many values, each of them finite. */
export function decodeFloats(base64: string, count: number): Float32Array<ArrayBuffer> | null {
  const bytes = new Uint8Array(4 * count);
  const filling = (3 - (bytes.length % 3)) % 3;
  const whole = (4 * (bytes.length + filling)) / 3;
  if (base64.length !== whole || !base64.endsWith('='.repeat(filling))) return null;
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < whole - filling; i++) {
    const digit = digits.get(base64[i]);
    if (digit === undefined) return null;
    bits = ((bits << 6) | digit) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at++] = bits >> held;
    }
  }
  const values = new Float32Array(bytes.buffer);
  return values.every(Number.isFinite) ? values : null;
}
