// Two ways to read HTML's character references: as Python's `html.unescape` does (and browsers do), and as ftfy does,
// which is stricter about the semicolon and also knows names in capitals.

import { late } from '../late.ts';
import { c1ToWindows1252 } from './codePages.ts';
import type { Entities } from './htmlEntities.ts';

let entities: Entities | null = null;

function table(): Entities {
  if (!entities) throw new Error('The names of HTML are read before they are loaded.');
  return entities;
}

/**
 * To be awaited before a text is cleaned. Most texts have no name in them, and the table is large; what is no ASCII may
 * become an ampersand.
 * @throws {UserError} `page` where it does not come
 */
export async function loadNamesIn(text: string): Promise<void> {
  if (entities === null && !plainText.test(text)) {
    entities = (await late(() => import('./htmlEntities.ts'))).htmlEntities;
  }
}

const plainText = /^[\0-%'-\x7f]*$/;
const reference = /&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)/gu;
const strictReference = /&#?[0-9A-Za-z]{1,24};/g;

/** Every reference HTML5 knows, with its semicolon or, where the standard allows, without. */
export function unescapeHtml(text: string): string {
  return text.replace(reference, (_, body: string) => (body.startsWith('#') ? numbered(body) : named(body)));
}

/** Only references that end in a semicolon, and names such as `&EACUTE;` in capitals: ftfy's `unescape_html`. */
export function unescapeStrictly(text: string): string {
  return text.replace(strictReference, (whole) => {
    if (whole.startsWith('&#')) {
      const plain = unescapeHtml(whole);
      return plain.includes(';') ? whole : plain;
    }
    const name = whole.slice(1, -1);
    return table().texts.get(name) ?? capitals(name, whole);
  });
}

/** A name in capitals stands for its text in capitals, unless HTML itself reads it in some way. */
function capitals(name: string, whole: string): string {
  const lower = table().texts.get(name.toLowerCase());
  const isOurs = lower !== undefined && name === name.toUpperCase() && unescapeHtml(whole) === whole;
  return isOurs ? lower.toUpperCase() : whole;
}

function named(body: string): string {
  const { texts, bare } = table();
  const text = body.endsWith(';') ? texts.get(body.slice(0, -1)) : bare.has(body) && texts.get(body);
  if (text) return text;
  for (let length = body.length - 1; length > 1; length--) {
    const prefix = body.slice(0, length);
    if (bare.has(prefix)) return texts.get(prefix) + body.slice(length);
  }
  return `&${body}`;
}

function numbered(body: string): string {
  const isHex = body[1] === 'x' || body[1] === 'X';
  const code = Number.parseInt(body.slice(isHex ? 2 : 1), isHex ? 16 : 10);
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return '\ufffd';
  if (code >= 0x80 && code <= 0x9f) return c1ToWindows1252(String.fromCharCode(code));
  return isNoCharacter(code) ? '' : String.fromCodePoint(code);
}

/** Controls (but for tab, line feed, form feed and carriage return) and Unicode's noncharacters. */
function isNoCharacter(code: number): boolean {
  const isControl = code < 0x20 ? ![0x09, 0x0a, 0x0c, 0x0d].includes(code) : code === 0x7f;
  return isControl || (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe;
}
