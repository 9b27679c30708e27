// Settings in, a list of recipes out: candidates, and the choices of a prompt.
import { UserError } from '../errors.ts';
import { makeRecipe, type Recipe, type RecipeParts } from './recipe.ts';
import { countPrompts, expandPrompt } from './wildcards.ts';

/** Pictures of one run. */
export const MAX_PICTURES = 256;

/** The recipe with seeds s, s + 1, ..., so that any candidate can be made again alone. */
export function candidates(recipe: Recipe, count: number): Recipe[] {
  if (count > MAX_PICTURES) throw tooMany(count);
  return Array.from({ length: count }, (_, i) => ({ ...recipe, seed: (recipe.seed + i) >>> 0 }));
}

/** How many recipes planPrompt() would give. @throws {UserError} `settings` when choices lie too deep in one another */
export function countPictures(prompt: string, candidates: number): number {
  return countPrompts(prompt) * candidates;
}

/**
 * One recipe for each choice of the prompt and each candidate, those of one choice together. Choices by chance are drawn
 * by the recipe's own seed.
 * @param base all but the prompt
 * @throws {UserError} `settings` when they are too many
 */
export function planPrompt(base: RecipeParts, prompt: string, count: number): Recipe[] {
  const total = countPictures(prompt, count);
  if (total > MAX_PICTURES) throw tooMany(total);
  const columns = candidates(makeRecipe(base), count).map((recipe) =>
    expandPrompt(prompt, recipe.seed, MAX_PICTURES).map(
      (text): Recipe => ({ ...recipe, condition: { kind: 'text', text } }),
    ),
  );
  return (columns[0] ?? []).flatMap((_, choice) => columns.map((column) => column[choice]));
}

export function tooMany(count: number): UserError {
  const many = count < 1e6 ? String(count) : 'more than a million';
  return new UserError(
    'settings',
    `That would be ${many} pictures, and a run makes ${MAX_PICTURES} at most: take fewer choices, values or candidates.`,
  );
}
