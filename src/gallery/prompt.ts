// What a picture was asked to show, in one line: to be listed, searched and made a file name of.
import type { RecipeCondition } from '../recipe/condition.ts';

/** Stands where a prompt is shown and a condition has no texts: then it is of a picture's embedding. */
export const WORDLESS = 'Like a picture';

/** The texts in a condition, in order; '' where it has none. `{mix of "old" and "beard"}` becomes `old, beard`. */
export function promptOf(condition: RecipeCondition): string {
  return textsOf(condition).join(', ');
}

function textsOf(condition: RecipeCondition): string[] {
  const { kind } = condition;
  switch (kind) {
    case 'text':
      return [condition.text];
    case 'embedding':
      return [];
    case 'mix':
      return condition.parts.flatMap((part) => textsOf(part.condition));
    case 'between':
      return [condition.from, condition.to].flatMap(textsOf);
    case 'direction':
      return [condition.base, condition.from, condition.to].flatMap(textsOf);
    default:
      return condition satisfies never;
  }
}
