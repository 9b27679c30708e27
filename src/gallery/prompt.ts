// What a picture was asked to show, in one line: its title, to be listed, searched and made a file name of.
import type { RecipeCondition } from '../recipe/condition.ts';

/** Stands where a prompt is shown and a condition has no texts: then it is of a picture's embedding. */
export const WORDLESS = 'Like a picture';

/**
 * The words that a condition is about; '' where it has none. What is pushed along a quality is still of its own words, and what
 * lies between two is a way: `{between "old" and "bald"}` becomes `old → bald`.
 */
export function promptOf(condition: RecipeCondition): string {
  const { kind } = condition;
  switch (kind) {
    case 'text':
      return condition.text;
    case 'embedding':
      return '';
    case 'mix':
      return condition.parts
        .map((part) => promptOf(part.condition))
        .filter(Boolean)
        .join(', ');
    case 'between':
      return wayInWords(promptOf(condition.from), promptOf(condition.to));
    case 'direction':
      return promptOf(condition.base);
    default:
      return condition satisfies never;
  }
}

/** From one prompt to another; the one alone where they are alike, or the other has no words. */
export function wayInWords(from: string, to: string): string {
  if (!from || !to || from === to) return from || to;
  return `${from} → ${to}`;
}
