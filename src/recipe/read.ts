// From text to a recipe: size and depth, version, every field.
import { parseJson } from './json.ts';
import { migrate } from './migrate.ts';
import { parseRecipe } from './parse.ts';
import { type RecipeSource, refusal } from './reader.ts';
import type { Recipe } from './recipe.ts';

/** Twelve embeddings of the largest size; most recipes have 300 characters. */
export const MAX_RECIPE_TEXT = 1 << 18;

const byHand: RecipeSource = {
  opening: 'This recipe cannot be used',
  remedy: 'Put it right, or copy one from the page.',
};

/** @throws {UserError} `recipe`, in at most 300 characters */
export function readRecipeText(text: string, source = byHand): Recipe {
  const parsed = parseJson(text, MAX_RECIPE_TEXT);
  if ('fault' in parsed) throw refusal(source, [`it ${parsed.fault}`]);
  return readRecipeJson(parsed.value, source);
}

/** The same of JSON that is parsed already. */
export function readRecipeJson(value: unknown, source = byHand): Recipe {
  return parseRecipe(migrate(value, source), source);
}
