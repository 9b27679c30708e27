// Names of downloads: made of the prompt and the seed, and safe on every system.

const maxCharacters = 60;
// File systems allow 255 bytes a name; the seed and the ending need their share.
const maxBytes = 200;

/** For instance "a-smiling-woman-with-long-red-hair_1234567890.png". Letters of every script stay. */
export function pictureFileName(prompt: string, seed: number): string {
  return `${slug(prompt)}_${seed}.png`;
}

/** The archive of a whole run. */
export function archiveFileName(prompt: string, seed: number): string {
  return `${slug(prompt)}_${seed}.zip`;
}

function slug(prompt: string): string {
  const words = prompt
    .toWellFormed()
    .normalize('NFC')
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+/gu);
  let name = '';
  for (const word of words ?? []) {
    const longer = name ? `${name}-${word}` : word;
    if (!fits(longer)) break;
    name = longer;
  }
  // A first word too long for a name is cut, by whole characters.
  if (!name && words) {
    for (const character of words[0]) {
      if (!fits(name + character)) break;
      name += character;
    }
  }
  return name || 'picture';
}

function fits(name: string): boolean {
  return [...name].length <= maxCharacters && new TextEncoder().encode(name).length <= maxBytes;
}
