// Many things that are wrong, as a part of one sentence.

/**
 * The first ten items at most, and no more than fit into `limit` characters, but always one: "a; b; and 42 more".
 * @param total how many there are, where `items` are only the first of them
 */
export function listed(items: readonly string[], limit: number, total = items.length): string {
  const shown: string[] = [];
  let length = 0;
  for (const item of items.slice(0, 10)) {
    length += item.length + 2;
    if (shown.length && length > limit) break;
    shown.push(item);
  }
  const more = total - shown.length;
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
