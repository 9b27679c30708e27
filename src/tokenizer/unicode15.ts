// A runtime's Unicode tables are newer than the authors' (Python 3.11, `regex` of 2022), and differ between browsers. A
// prompt gives the same ids everywhere when what is new stays what it was: a symbol without case.

/** The letters and digits that Unicode 15.1, 16 and 17 added, with the gaps between them: a character class. */
export const addedSinceUnicode15 =
  '[\\u088f\\u0c5c\\u0cdc\\u1c89\\u1c8a\\ua7cb-\\ua7cf\\ua7d2\\ua7d4\\ua7da-\\ua7dc\\ua7f1\\u{105c0}-\\u{105f3}' +
  '\\u{10940}-\\u{10959}\\u{10d40}-\\u{10d85}\\u{10ec2}-\\u{10ec7}\\u{11380}-\\u{113d3}\\u{116d0}-\\u{116e3}' +
  '\\u{11bc0}-\\u{11bf9}\\u{11db0}-\\u{11de9}\\u{13460}-\\u{143fa}\\u{16100}-\\u{16139}\\u{16d40}-\\u{16d79}' +
  '\\u{16ea0}-\\u{16ed3}\\u{16ff2}-\\u{16ff6}\\u{187f8}-\\u{187ff}\\u{18cff}\\u{18d09}-\\u{18d1e}\\u{18d80}-\\u{18df2}' +
  '\\u{1ccf0}-\\u{1ccf9}\\u{1e5d0}-\\u{1e5fa}\\u{1e6c0}-\\u{1e6ff}\\u{2b73a}-\\u{2b73f}\\u{2cea2}-\\u{2cead}' +
  '\\u{2ebf0}-\\u{2ee5d}\\u{323b0}-\\u{33479}]';

const added = new RegExp(`(${addedSinceUnicode15}+)`, 'u');

/** Applies a function of the runtime's Unicode to all but the added characters, which nothing composes with. */
export function withOldUnicode(text: string, change: (part: string) => string): string {
  return text
    .split(added)
    .map((part, index) => (index % 2 ? part : change(part)))
    .join('');
}

/** Lower case as of Unicode 15. */
export function lowerCase(text: string): string {
  return withOldUnicode(text, (part) => part.toLowerCase());
}
