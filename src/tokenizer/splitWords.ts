// Cuts cleaned text into the words that BPE works on, as CLIP's regular expression does in Python's `regex` module.

export const START = '<|startoftext|>';
export const END = '<|endoftext|>';

// Letters and digits that Unicode 15.1, 16 and 17 added, with the gaps between them. The authors' `regex` (Unicode 15.0)
// takes them for symbols, and so every browser must, whatever its own Unicode.
const added =
  '[\\u088f\\u0c5c\\u0cdc\\u1c89\\u1c8a\\ua7cb-\\ua7cf\\ua7d2\\ua7d4\\ua7da-\\ua7dc\\ua7f1\\u{105c0}-\\u{105f3}' +
  '\\u{10940}-\\u{10959}\\u{10d40}-\\u{10d85}\\u{10ec2}-\\u{10ec7}\\u{11380}-\\u{113d3}\\u{116d0}-\\u{116e3}' +
  '\\u{11bc0}-\\u{11bf9}\\u{11db0}-\\u{11de9}\\u{13460}-\\u{143fa}\\u{16100}-\\u{16139}\\u{16d40}-\\u{16d79}' +
  '\\u{16ea0}-\\u{16ed3}\\u{16ff2}-\\u{16ff6}\\u{187f8}-\\u{187ff}\\u{18cff}\\u{18d09}-\\u{18d1e}\\u{18d80}-\\u{18df2}' +
  '\\u{1ccf0}-\\u{1ccf9}\\u{1e5d0}-\\u{1e5fa}\\u{1e6c0}-\\u{1e6ff}\\u{2b73a}-\\u{2b73f}\\u{2cea2}-\\u{2cead}' +
  '\\u{2ebf0}-\\u{2ee5d}\\u{323b0}-\\u{33479}]';

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
