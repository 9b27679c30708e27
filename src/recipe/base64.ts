// Bytes as text, without the platform's btoa: in JSON (RFC 4648, section 4) and in addresses (section 5, no padding).

const standard = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const forAddresses = standard.replace('+/', '-_');

export function encodeBase64(bytes: Uint8Array): string {
  return digits(bytes, standard) + '='.repeat((3 - (bytes.length % 3)) % 3);
}

/** @returns null unless it is exactly what encodeBase64 writes */
export function decodeBase64(text: string): Uint8Array | null {
  if (text.length % 4) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return values(text.slice(0, text.length - padding), standard);
}

export function encodeBase64Url(bytes: Uint8Array): string {
  return digits(bytes, forAddresses);
}

/** @returns null unless it is exactly what encodeBase64Url writes */
export function decodeBase64Url(text: string): Uint8Array | null {
  return values(text, forAddresses);
}

/** float32, little-endian. */
export function encodeFloats(floats: Float32Array): string {
  const bytes = new Uint8Array(4 * floats.length);
  const view = new DataView(bytes.buffer);
  floats.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  return encodeBase64(bytes);
}

/** @returns null when it is no base64 of whole float32 values */
export function decodeFloats(text: string): Float32Array | null {
  const bytes = decodeBase64(text);
  if (!bytes || bytes.length % 4) return null;
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

function digits(bytes: Uint8Array, alphabet: string): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const count = Math.min(4, Math.ceil(((bytes.length - i) * 8) / 6));
    for (let digit = 0; digit < count; digit++) text += alphabet[(group >> (18 - 6 * digit)) & 63];
  }
  return text;
}

function values(text: string, alphabet: string): Uint8Array | null {
  if (text.length % 4 === 1) return null;
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const character of text) {
    const value = alphabet.indexOf(character);
    if (value < 0) return null;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >> bits;
    }
  }
  // What is left over must be zero, or one content would have several spellings.
  return held & ((1 << bits) - 1) ? null : bytes;
}
