// Which pictures are selected, and where a range begins.

export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** The one that was chosen or left last. */
  readonly anchor: string | null;
}

export const nothingSelected: Selection = { ids: new Set(), anchor: null };

/**
 * With one entry of the gallery chosen or left.
 * @param entry ids of its pictures, which lie side by side
 * @param range all pictures in the order that is seen, where those from the last one on are meant as well
 */
export function withSelected(
  { ids, anchor }: Selection,
  entry: readonly string[],
  chosen: boolean,
  range: readonly string[] = [],
): Selection {
  const from = anchor === null ? -1 : range.indexOf(anchor);
  const to = range.indexOf(entry[0]);
  const last = to + entry.length;
  const meant = from < 0 || to < 0 ? entry : range.slice(Math.min(from, to), Math.max(from + 1, last));
  const next = new Set(ids);
  for (const each of meant) {
    if (chosen) next.add(each);
    else next.delete(each);
  }
  return { ids: next, anchor: entry[0] };
}
