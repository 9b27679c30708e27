// In which order pictures are listed.
import type { Head } from './picture.ts';

export type Order = 'newest' | 'best';

type Compare = (a: Head, b: Head) => number;

/** Falling time; of two tabs' pictures of one millisecond, the same one first in both. */
export const newestFirst: Compare = (a, b) => b.time - a.time || (a.id < b.id ? 1 : -1);

/** Falling score, pictures without one last; the newer one on ties. */
export const bestFirst: Compare = (a, b) =>
  (b.score ?? Number.NEGATIVE_INFINITY) - (a.score ?? Number.NEGATIVE_INFINITY) || newestFirst(a, b);
