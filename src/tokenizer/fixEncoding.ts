// Mojibake repair: text that looks bad is turned back into bytes, in each encoding it may have been read in, until the
// bytes are UTF-8. Behaviour of ftfy 6.1.3's `fix_encoding` (see fixText.ts).
import { embeddedUtf8, isBad } from './badness.ts';
import { type ByteString, c1ToWindows1252, codePages, encodeBytes } from './codePages.ts';
import { decodeUtf8 } from './decodeUtf8.ts';

/** Undoes one wrong decoding after the other until nothing changes. */
export function fixEncoding(text: string): string {
  let current = text;
  for (;;) {
    const fixed = undoOneDecoding(current);
    if (fixed === current) return current;
    current = fixed;
  }
}

function undoOneDecoding(text: string): string {
  if (!isBad(text)) return text;
  for (const page of codePages) {
    const bytes = encodeBytes(text, page);
    if (bytes === undefined) continue;
    const spaced = restoreNoBreakSpaces(bytes);
    const decoded = decodeUtf8(page.sloppy ? markLostCharacters(spaced) : spaced);
    if (decoded !== undefined) return decoded;
  }
  const repaired = text.replace(embeddedUtf8, (part) =>
    part !== text && isBad(part) ? fixEncoding(part) : part,
  );
  return repaired === text ? c1ToWindows1252(text) : repaired;
}

// Bytes that would be UTF-8 if a space were the byte A0. Only likely characters: no rare scripts.
const spacedUtf8 = new RegExp(
  [
    '[\\xc2\\xc3\\xc5\\xce\\xd0\\xd9] ',
    '[\\xe2\\xe3] [\\x80-\\x84\\x86-\\x9f\\xa1-\\xbf]',
    '[\\xe0-\\xe3][\\x80-\\x84\\x86-\\x9f\\xa1-\\xbf] ',
    '\\xf0 [\\x80-\\xbf][\\x80-\\xbf]',
    '\\xf0[\\x80-\\xbf] [\\x80-\\xbf]',
    '\\xf0[\\x80-\\xbf][\\x80-\\xbf] ',
  ].join('|'),
  'g',
);

/** Some programs turn byte A0, a no-break space on its own, into a plain space. */
function restoreNoBreakSpaces(bytes: ByteString): ByteString {
  if (bytes.search(spacedUtf8) < 0) return bytes;
  // A lone "à" is mostly a word, so the space after it stays, but in the Portuguese "às", "àquele" and the like.
  const words = bytes.replace(/\xc3 (?! |quele|quela|quilo|s )/g, '\xc3\xa0 ');
  return words.replace(spacedUtf8, (sequence) => sequence.replaceAll(' ', '\xa0'));
}

// UTF-8 and CESU-8 sequences with a lost byte (1A), or one that became a question mark.
const lossyUtf8 = new RegExp(
  [
    '[\\xc2-\\xdf]\\x1a',
    '[\\xc2-\\xc3]\\?',
    '\\xed[\\xa0-\\xaf][\\x1a?]\\xed[\\xb0-\\xbf][\\x1a?\\x80-\\xbf]',
    '\\xed[\\xa0-\\xaf][\\x1a?\\x80-\\xbf]\\xed[\\xb0-\\xbf][\\x1a?]',
    '[\\xe0-\\xef][\\x1a?][\\x1a\\x80-\\xbf]',
    '[\\xe0-\\xef][\\x1a\\x80-\\xbf][\\x1a?]',
    '[\\xf0-\\xf4][\\x1a?][\\x1a\\x80-\\xbf][\\x1a\\x80-\\xbf]',
    '[\\xf0-\\xf4][\\x1a\\x80-\\xbf][\\x1a?][\\x1a\\x80-\\xbf]',
    '[\\xf0-\\xf4][\\x1a\\x80-\\xbf][\\x1a\\x80-\\xbf][\\x1a?]',
    '\\x1a',
  ].join('|'),
  'g',
);

/** A sequence with a lost byte becomes UTF-8 for U+FFFD. */
function markLostCharacters(bytes: ByteString): ByteString {
  return bytes.replace(lossyUtf8, '\xef\xbf\xbd');
}
