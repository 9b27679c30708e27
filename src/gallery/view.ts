// What of the gallery is on show, and in which order.
import { bestFirst, type Order } from './order.ts';
import type { Head } from './picture.ts';
import { search } from './search.ts';

export interface View {
  readonly order: Order;
  /** Words of the prompt. */
  readonly query: string;
  readonly favouritesOnly: boolean;
}

/** @param heads newest first, as the gallery lists them */
export function inView(heads: readonly Head[], { order, query, favouritesOnly }: View): readonly Head[] {
  const found = search(query);
  const shown = heads.filter((head) => (!favouritesOnly || head.favourite) && found(head));
  return order === 'best' ? shown.sort(bestFirst) : shown;
}
