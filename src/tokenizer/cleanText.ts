// What happens to a prompt before it is cut into words: the steps of the authors' Tokenize wrapper, in their order.
// Theirs lowers the case first, before ftfy; OpenAI's own tokenizer does not, and so repairs mojibake that this leaves
// broken ("schÃ¶n" becomes "schã¶n").
import { fixText } from './fixText.ts';
import { unescapeHtml } from './htmlUnescape.ts';

/** Lower case, one space between words, no HTML, no mojibake. */
export function cleanText(prompt: string): string {
  const plain = unescapeHtml(unescapeHtml(fixText(prompt.toLowerCase())));
  // Not \s and trim(): for them U+FEFF is a space, for Python it is none.
  return plain
    .replace(/\p{White_Space}+/gu, ' ')
    .replace(/^ | $/g, '')
    .toLowerCase();
}
