// Strict UTF-8, with the two variants that ftfy 6.1.3 accepts ("utf-8-variants"): Java's two-byte null, and CESU-8,
// where a character beyond U+FFFF is a pair of surrogates of three bytes each.
import type { ByteString } from './codePages.ts';

// Python's `$` also stands before a line feed that ends the text.
const end = '(?=\\n?$)';
const cesu = `\\xed(?:[\\xa0-\\xaf]|${end})(?:[\\x80-\\xbf]|${end})(?:\\xed|${end})(?:[\\xb0-\\xbf]|${end})(?:[\\x80-\\xbf]|${end})`;
const cesuPair = new RegExp(`^${cesu}`);
const special = new RegExp(
  `\\xc0(?:\\x80|${end})|${cesu}|\\xed(?:[\\xa0-\\xbf]|${end})(?:[\\x80-\\xbf]|${end})`,
);

/** The text, or undefined where the bytes are not UTF-8. */
export function decodeUtf8(bytes: ByteString): string | undefined {
  try {
    return decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function decode(bytes: ByteString): string {
  let text = '';
  let rest = bytes;
  for (;;) {
    const cutoff = rest.search(special);
    if (cutoff < 0) return text + decodeStrictly(rest);
    text += decodeStrictly(rest.slice(0, cutoff));
    rest = rest.slice(cutoff);
    if (rest.startsWith('\xc0') && rest.length > 1) {
      text += '\0';
      rest = rest.slice(2);
    } else if (rest.length >= 6 && cesuPair.test(rest)) {
      text += String.fromCodePoint(pairCodePoint(rest));
      rest = rest.slice(6);
    } else {
      // A lone surrogate or a cut sequence: no UTF-8, or the last three bytes of a plain text.
      return text + decodeStrictly(rest);
    }
  }
}

/** 11101101 1010abcd 10efghij 11101101 1011klmn 10opqrst holds the 20 bits above U+FFFF. */
function pairCodePoint(bytes: ByteString): number {
  const bits = (index: number, mask: number) => bytes.charCodeAt(index) & mask;
  return 0x10000 + (bits(1, 0x0f) << 16) + (bits(2, 0x3f) << 10) + (bits(4, 0x0f) << 6) + bits(5, 0x3f);
}

/** @throws TypeError where the bytes are not UTF-8 */
function decodeStrictly(bytes: ByteString): string {
  const array = Uint8Array.from(bytes, (byte) => byte.charCodeAt(0));
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(array);
}
