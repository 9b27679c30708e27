// What of the gallery is on show, and in which order.
import { type Entry, entriesOf } from './entries.ts';
import { bestFirst, type Order } from './order.ts';
import type { Head } from './picture.ts';
import { search } from './search.ts';

export interface View {
  readonly order: Order;
  /** Words of the prompt. */
  readonly query: string;
  readonly favouritesOnly: boolean;
}

/**
 * A film is shown whole where any of its pictures is, at the place of its best or newest one.
 * @param heads newest first, as the gallery lists them
 */
export function inView(heads: readonly Head[], { order, query, favouritesOnly }: View): readonly Entry[] {
  const found = search(query);
  const listed = order === 'best' ? heads.toSorted(bestFirst) : heads;
  const isShown = (head: Head) => (!favouritesOnly || head.favourite) && found(head);
  return entriesOf(listed).filter((entry) => entry.some(isShown));
}
