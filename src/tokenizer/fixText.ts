// Repairs text as `ftfy.fix_text` does with its defaults; the authors' tokenizer runs it on every prompt. An
// implementation of our own; behaviour, tables and the order of the steps follow ftfy 6.1.3 (Robyn Speer, Apache-2.0),
// the version of the golden numbers.
import { c1ToWindows1252 } from './codePages.ts';
import { fixEncoding } from './fixEncoding.ts';
import { unescapeStrictly } from './htmlUnescape.ts';
import { withOldUnicode } from './unicode15.ts';

/** Line by line; from the first line with a `<` on, the text may be real HTML and keeps its entities. */
export function fixText(text: string): string {
  let unescapes = true;
  return text.replace(lines, (line) => {
    unescapes &&= !line.includes('<');
    return fixLine(line, unescapes);
  });
}

// ftfy cuts lines beyond a million characters.
const lines = /[^\n]{0,999999}\n|[^\n]{1,1000000}/gu;

/** ftfy knows no such limit. Honest text takes a few rounds; "&amp;amp;amp;..." takes one for each of them. */
const MOST_ROUNDS = 64;

/** One repair may lay bare another, so all are run until nothing changes. */
function fixLine(line: string, unescapes: boolean): string {
  let current = line;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const fixed = fixCharacters(fixEncoding(unescapes ? unescapeStrictly(current) : current));
    if (fixed === current) break;
    current = fixed;
  }
  return current;
}

function fixCharacters(text: string): string {
  const plain = c1ToWindows1252(text)
    .replace(/[ĲĳŉǄ-ǌǱ-ǳﬀ-ﬆ]/g, openLigature)
    .replace(/[\u3000\uff01-\uffef]/g, (wide) => wide.normalize('NFKC'))
    .replace(/[\u201c-\u201f]/g, '"')
    .replace(/[\u02bc\u2018-\u201b]/g, "'")
    .replace(/\r\n|[\r\u2028\u2029]/g, '\n')
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(terminalEscape, '')
    .replace(invisible, '');
  return withOldUnicode(plain, (part) => part.normalize('NFC'));
}

/** As NFKC has it, but for the one with a long s, which stays long. */
function openLigature(ligature: string): string {
  return ligature === 'ﬅ' ? 'ſt' : ligature.normalize('NFKC');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what it looks for
const terminalEscape = /\x1b\[[\p{Nd};]*[a-zA-Z]/gu;

// C0 controls but for tab, line feed, form feed and carriage return; deprecated format characters; byte order mark;
// interlinear annotation.
// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what it looks for
const invisible = /[\0-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]/g;
