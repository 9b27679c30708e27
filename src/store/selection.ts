// Which pictures are selected, and where a range begins.

export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** The one that was chosen or left last. */
  readonly anchor: string | null;
}

export const nothingSelected: Selection = { ids: new Set(), anchor: null };

/**
 * With one picture chosen or left.
 * @param range all pictures in the order that is seen, where those from the last one on are meant as well
 */
export function withSelected(
  { ids, anchor }: Selection,
  id: string,
  chosen: boolean,
  range: readonly string[] = [],
): Selection {
  const from = anchor === null ? -1 : range.indexOf(anchor);
  const to = range.indexOf(id);
  const meant = from < 0 || to < 0 ? [id] : range.slice(Math.min(from, to), Math.max(from, to) + 1);
  const next = new Set(ids);
  for (const each of meant) {
    if (chosen) next.add(each);
    else next.delete(each);
  }
  return { ids: next, anchor: id };
}
