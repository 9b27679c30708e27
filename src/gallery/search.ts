// Finding pictures by the words of their prompts.
import type { Head } from './picture.ts';

/** Folding 1,000 prompts at each key would be felt. */
const folded = new WeakMap<Head, string>();

/** Whether a prompt has every word of the query, or words that begin or end alike; case and accents do not matter. */
export function search(query: string): (head: Head) => boolean {
  const words = fold(query).split(/\s+/).filter(Boolean);
  return (head) => {
    if (!words.length) return true;
    let text = folded.get(head);
    if (text === undefined) {
      text = fold(head.prompt);
      folded.set(head, text);
    }
    return words.every((word) => text.includes(word));
  };
}

function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
