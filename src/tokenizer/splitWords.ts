// Cuts cleaned text into the words that BPE works on, as CLIP's regular expression does in Python's `regex` module.
import { addedSinceUnicode15 as added } from './unicode15.ts';

export const START = '<|startoftext|>';
export const END = '<|endoftext|>';

// The authors match without regard to case. Of cleaned text that concerns two characters only: the long s is an s,
// and U+0345 (whose capital is a letter) is neither letter, digit nor symbol, and drops out.
const words = new RegExp(
  [
    '<\\|[sſ]tartoftext\\|>|<\\|endoftext\\|>',
    "'[sſ]|'t|'re|'ve|'m|'ll|'d",
    `(?:(?!${added})\\p{L})+`,
    `(?!${added})\\p{N}`,
    `(?:${added}|[^\\p{White_Space}\\p{L}\\p{N}\\u0345])+`,
  ].join('|'),
  'gu',
);

/** Words, single digits, runs of symbols, and START and END where the text spells them out. */
export function splitWords(cleaned: string): string[] {
  return cleaned.match(words) ?? [];
}
