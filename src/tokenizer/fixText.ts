// Repairs text as `ftfy.fix_text` does with its defaults; the authors' tokenizer runs it on every prompt. An
// implementation of our own; behaviour, tables and the order of the steps follow ftfy 6.1.3 (Robyn Speer, Apache-2.0),
// the version of the golden numbers. Two things are left out: ftfy's cut of lines beyond a million characters, and
// the tables of Unicode 14 (Python 3.11): lower case and NFC follow the runtime's Unicode.
import { c1ToWindows1252 } from './codePages.ts';
import { fixEncoding } from './fixEncoding.ts';
import { unescapeStrictly } from './htmlUnescape.ts';

/** Line by line; from the first line with a `<` on, the text may be real HTML and keeps its entities. */
export function fixText(text: string): string {
  let unescapes = true;
  return text
    .split(/(?<=\n)/)
    .map((line) => {
      unescapes &&= !line.includes('<');
      return fixLine(line, unescapes);
    })
    .join('');
}

/** One repair may lay bare another, so all are run until nothing changes. */
function fixLine(line: string, unescapes: boolean): string {
  let current = line;
  for (;;) {
    const fixed = fixCharacters(fixEncoding(unescapes ? unescapeStrictly(current) : current));
    if (fixed === current) return current;
    current = fixed;
  }
}

function fixCharacters(text: string): string {
  return c1ToWindows1252(text)
    .replace(/[ĲĳŉǄ-ǌǱ-ǳﬀ-ﬆ]/g, openLigature)
    .replace(/[\u3000\uff01-\uffef]/g, (wide) => wide.normalize('NFKC'))
    .replace(/[\u201c-\u201f]/g, '"')
    .replace(/[\u02bc\u2018-\u201b]/g, "'")
    .replace(/\r\n|[\r\u2028\u2029]/g, '\n')
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(terminalEscape, '')
    .replace(invisible, '')
    .normalize('NFC');
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
