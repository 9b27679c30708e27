// The texts of a PNG (W3C PNG, third edition, section 11.3.3), wherever they stand, without decoding its pixels.
import { pngChunks } from './chunks.ts';
import { inflate } from './inflate.ts';
import type { PngText } from './write.ts';

export interface PngTexts {
  /** In the order of the file; a keyword may come more than once. */
  readonly texts: readonly PngText[];
  /** What is wrong with the file or with a text that was left out, the first of it, as a clause; or null. */
  readonly damage: string | null;
}

/** Of one text, in bytes; ComfyUI's graphs may have some hundred thousand. */
const MAX_TEXT_BYTES = 1 << 22;
/** Of all that is unfolded, in bytes: bombs come in swarms. */
const MAX_UNFOLDED = 1 << 23;
const MAX_TEXTS = 200;
const MAX_KEYWORD = 79;

/**
 * Reads tEXt, zTXt and iTXt chunks before and behind the pixels. What is damaged is left out and noted.
 * @throws {UserError} `recipe` when the file is no PNG
 */
export async function readTexts(bytes: Uint8Array): Promise<PngTexts> {
  const texts: PngText[] = [];
  const budget = { left: MAX_UNFOLDED };
  let damage: string | null = null;
  const chunks = pngChunks(bytes);
  for (let next = chunks.next(); ; next = chunks.next()) {
    if (next.done) return { texts, damage: damage ?? next.value };
    const { type, data } = next.value;
    if (!isText(type)) continue;
    if (texts.length === MAX_TEXTS) return { texts, damage: `it has more than ${MAX_TEXTS} texts` };
    const read = next.value.isIntact()
      ? await readText(type, data, budget)
      : 'the checksum of a text is wrong';
    if (typeof read === 'string') damage ??= read;
    else texts.push(read);
  }
}

type TextChunk = 'tEXt' | 'zTXt' | 'iTXt';

function isText(type: string): type is TextChunk {
  return type === 'tEXt' || type === 'zTXt' || type === 'iTXt';
}

/** @returns the text, or what is wrong with it */
async function readText(
  type: TextChunk,
  data: Uint8Array,
  budget: { left: number },
): Promise<PngText | string> {
  const [keywordBytes, body] = cutAtZero(data, MAX_KEYWORD + 1) ?? [];
  if (!keywordBytes?.length || !body) return 'a text has no keyword';
  const keyword = latin1(keywordBytes);
  switch (type) {
    case 'tEXt': {
      if (body.length > MAX_TEXT_BYTES) return 'a text is too long';
      return { keyword, text: utf8(body) ?? latin1(body) };
    }
    case 'zTXt': {
      if (body[0] !== 0) return 'a text is compressed in an unknown way';
      const unfolded = await unfold(body.subarray(1), budget);
      return typeof unfolded === 'string' ? unfolded : { keyword, text: utf8(unfolded) ?? latin1(unfolded) };
    }
    case 'iTXt': {
      const [isCompressed, method] = body;
      const [, afterLanguage] = cutAtZero(body.subarray(2)) ?? [];
      const [, content] = (afterLanguage && cutAtZero(afterLanguage)) ?? [];
      if (!content || isCompressed > 1) return 'a text is not formed as it should be';
      if (isCompressed && method !== 0) return 'a text is compressed in an unknown way';
      if (content.length > MAX_TEXT_BYTES) return 'a text is too long';
      const plain = isCompressed ? await unfold(content, budget) : content;
      if (typeof plain === 'string') return plain;
      const text = utf8(plain);
      return text === null ? 'a text is no UTF-8' : { keyword, text };
    }
    default:
      return type satisfies never;
  }
}

async function unfold(folded: Uint8Array, budget: { left: number }): Promise<Uint8Array | string> {
  // Nothing is begun that could not end well.
  if (budget.left <= 0) return 'its compressed texts are too long';
  const unfolded = await inflate(folded, MAX_TEXT_BYTES, budget);
  if (unfolded === 'too long') return 'a compressed text is too long';
  return unfolded ?? 'a compressed text is damaged';
}

/** What stands before the first zero among the first `most` bytes, and what behind it. */
function cutAtZero(bytes: Uint8Array, most = bytes.length): [Uint8Array, Uint8Array] | null {
  const zero = bytes.subarray(0, most).indexOf(0);
  return zero < 0 ? null : [bytes.subarray(0, zero), bytes.subarray(zero + 1)];
}

/** Many tools write UTF-8 where Latin-1 should be; Latin-1 that happens to be UTF-8 is no text anyone writes. */
function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** TextDecoder's "latin1" is Windows' code page. */
function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  }
  return text;
}
