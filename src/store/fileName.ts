// Names of downloads: made of the prompt and the seed, and safe on every system.

const maxCharacters = 60;
// File systems allow 255 bytes a name; the seed and the ending need their share.
const maxBytes = 200;

/** For instance "a-smiling-woman-with-long-red-hair_1234567890.png". Letters of every script stay. */
export function pictureFileName(prompt: string, seed: number): string {
  return `${slug(prompt)}_${seed}.png`;
}

/** The one picture of a whole grid. */
export function gridFileName(prompt: string, seed: number): string {
  return `${slug(prompt)}_grid_${seed}.png`;
}

/** The pictures of a row as one that moves. */
export function filmFileName(prompt: string, seed: number): string {
  return `${slug(prompt)}_film_${seed}.png`;
}

/** The same as a video. */
export function videoFileName(prompt: string, seed: number): string {
  return `${slug(prompt)}_film_${seed}.webm`;
}

/** The archive of a whole run. */
export function archiveFileName(prompt: string, seed: number): string {
  return `${slug(prompt)}_${seed}.zip`;
}

/**
 * Names for the entries of one archive: of those that are alike, all but the first are numbered. `['a_1.png', 'a_1.png']`
 * becomes `['a_1.png', 'a_1-2.png']`.
 */
export function distinctNames(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return names.map((name) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count === 1 ? name : name.replace(/(?=\.png$)/, `-${count}`);
  });
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
