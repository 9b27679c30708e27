// The prompts that were run, newest first: walked through with Alt and the arrow keys, and kept over a reload.
import { readSchema, type Shelf } from './shelf.ts';
import type { AppStore } from './store.ts';

export const mostPrompts = 100;
/** Of a prompt, in characters: CLIP reads some three hundred. */
export const mostCharacters = 8000;
const key = 'clip-vqdiffusion.prompts';
const schema = 1;

/** With this one first, and nowhere else; spaces around a prompt make no other prompt. */
export function remember(prompts: readonly string[], prompt: string): readonly string[] {
  const own = prompt.trim();
  if (!own || own.length > mostCharacters) return prompts;
  return [own, ...prompts.filter((each) => each !== own)].slice(0, mostPrompts);
}

/** Where one is among the prompts: `place` -1 is what was being written when the walk began. */
export interface Walk {
  readonly place: number;
  readonly own: string;
}

/**
 * One prompt further back, or one nearer to now.
 * @param walk null where none has begun
 * @param prompt as it stands in the field
 * @returns null at either end
 */
export function walked(
  prompts: readonly string[],
  walk: Walk | null,
  prompt: string,
  towards: 'older' | 'newer',
): { readonly walk: Walk; readonly prompt: string } | null {
  const { place, own } = walk ?? { place: -1, own: prompt };
  const step = towards === 'older' ? 1 : -1;
  // What stands in the field already is no step.
  for (let next = place + step; next >= -1 && next < prompts.length; next += step) {
    const found = next < 0 ? own : prompts[next];
    if (found !== prompt) return { walk: { place: next, own }, prompt: found };
  }
  return null;
}

/** Nothing of it is believed: not a list, not a text, not its length. */
export function parsePrompts(text: string | null): readonly string[] {
  const found = readSchema(text, schema)?.prompts;
  if (!Array.isArray(found)) return [];
  const texts = found.filter((each): each is string => typeof each === 'string').slice(0, mostPrompts);
  return texts.reduceRight<readonly string[]>(remember, []);
}

/**
 * Brings back the prompts of earlier visits, and keeps those to come. Other tabs write as well: theirs stay, until all are
 * forgotten.
 */
export function keepPrompts(store: AppStore, shelf: Shelf): void {
  store.setState({ prompts: parsePrompts(shelf.read(key)) });
  store.subscribe(({ prompts }, before) => {
    if (prompts === before.prompts) return;
    const all = prompts.length ? remember(parsePrompts(shelf.read(key)), prompts[0]) : [];
    shelf.write(key, JSON.stringify({ schema, prompts: all }));
  });
}
