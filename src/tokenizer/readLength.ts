import type { Tokenizer } from './tokenizer.ts';

/** Letters, a digit, or signs: what the tokenizer takes together, as far as it matters where a prompt may be cut. */
const pieces = /[\p{L}\p{M}]+|\p{N}|[^\s\p{L}\p{N}]+/gu;

/**
 * How many characters of a prompt the tokenizer reads before it cuts: to the end of the last word that is read whole.
 * @param prefix read before it, the model's own
 */
export function readLength(tokenize: Tokenizer, prefix: string, prompt: string): number {
  const fits = (length: number) => !tokenize(prefix + prompt.slice(0, length)).truncated;
  if (fits(prompt.length)) return prompt.length;
  const ends = [...prompt.matchAll(pieces)].map(({ index, 0: piece }) => index + piece.length);
  // The first that does not fit; before it, all do.
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(ends[middle])) low = middle + 1;
    else high = middle;
  }
  return low ? ends[low - 1] : 0;
}
