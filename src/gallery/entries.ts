// What stands in the gallery as one thing: a picture, or all that is kept of a film.
import type { Head } from './picture.ts';
import { wayInWords } from './prompt.ts';

/** One picture, or the pictures of a film in their order. */
export type Entry = readonly [Head, ...Head[]];

/** Each where its first picture in the list is. */
export function entriesOf(heads: readonly Head[]): Entry[] {
  const entries = new Map<string, [Head, ...Head[]]>();
  for (const head of heads) {
    const key = head.film?.id ?? head.id;
    const entry = entries.get(key);
    if (entry) entry.push(head);
    else entries.set(key, [head]);
  }
  return [...entries.values()].map((entry) => entry.sort(byFrame));
}

const byFrame = (a: Head, b: Head) => (a.film?.frame ?? 0) - (b.film?.frame ?? 0);

/** The prompt of a picture; of a film, from where to where it leads. */
export function titleOfEntry(entry: Entry): string {
  return wayInWords(entry[0].prompt, entry[entry.length - 1].prompt);
}
