// Phrases that a model knows, put into a prompt and taken out of it by a click: one of a group at a time.

export interface IdeaGroup {
  readonly name: string;
  readonly phrases: readonly string[];
}

/** A phrase as it stands in a prompt. */
interface Found {
  /** Place of its group. */
  readonly group: number;
  readonly phrase: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The phrases that a prompt holds, from its beginning to its end: whole words, in either case. Where one lies within
 * another the longer one counts: "brown hair" is no wish of one who wrote "dark brown hair".
 */
export function phrasesIn(prompt: string, groups: readonly IdeaGroup[]): readonly Found[] {
  const known = new Map<string, Pick<Found, 'group' | 'phrase'>>();
  groups.forEach(({ phrases }, group) => {
    for (const phrase of phrases) {
      const key = phrase.toLowerCase();
      if (!known.has(key)) known.set(key, { group, phrase });
    }
  });
  if (!known.size) return [];
  const longestFirst = [...known.keys()].sort((a, b) => b.length - a.length).map(literal);
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}-])(?:${longestFirst.join('|')})(?![\\p{L}\\p{N}-])`, 'giu');
  return [...prompt.matchAll(pattern)].flatMap(({ index, 0: text }) => {
    const found = known.get(text.toLowerCase());
    return found ? [{ ...found, start: index, end: index + text.length }] : [];
  });
}

/** In a pattern. RegExp.escape() is too young for the browsers that run this page. */
function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/**
 * The prompt after a click on a phrase: without it where it was there; else with it, in the place of another of its
 * group, or before the phrases of later groups, or at the end.
 *
 * `toggled("a man with a red hat", groups, "a blue hat")` is `"a man with a blue hat"`
 */
export function toggled(prompt: string, groups: readonly IdeaGroup[], phrase: string): string {
  const group = groups.findIndex(({ phrases }) => phrases.includes(phrase));
  const found = phrasesIn(prompt, groups);
  const own = found.filter((each) => each.phrase === phrase);
  if (own.length) return own.reduceRight(without, prompt);
  const other = found.find((each) => each.group === group);
  if (other) return prompt.slice(0, other.start) + phrase + prompt.slice(other.end);
  return inserted(prompt, phrase, found, group);
}

/** Takes a phrase out, and with it what joined it to the rest. */
function without(prompt: string, { start, end }: Pick<Found, 'start' | 'end'>): string {
  let before = prompt.slice(0, start).trimEnd();
  let after = prompt.slice(end).trimStart();
  if (/^(?:,|$)/.test(after)) before = before.replace(joint, '').trimEnd();
  else if (joint.test(before) || !before) after = after.replace(/^(?:and|with)\s+/i, '');
  if (!before || before.endsWith(',')) after = after.replace(/^,\s*/, '');
  if (!after) return before.replace(/,$/, '');
  return before && !after.startsWith(',') ? `${before} ${after}` : before + after;
}

/** Words that lead to a phrase, and nowhere without it. */
const joint = /(?:^|\s)(?:with|and|in|wearing|in front of)$/i;

/** Among others that stand between commas as well, in the groups' order; what was written by hand is not cut in two. */
function inserted(prompt: string, phrase: string, found: readonly Found[], group: number): string {
  const later = found.find((each) => each.group > group && /(?:^|,)\s*$/.test(prompt.slice(0, each.start)));
  if (later) return `${prompt.slice(0, later.start)}${phrase}, ${prompt.slice(later.start)}`;
  const before = prompt.trimEnd();
  if (!before) return phrase;
  return `${before}${before.endsWith(',') ? '' : ','} ${phrase}`;
}
