// The files that the commands are given: JSON, prompts, recipes.
import { readFileSync } from 'node:fs';
import { UserError } from '../errors.ts';
import { readRecipe } from '../png/readRecipe.ts';
import { quoted } from '../quote.ts';
import { readRecipeJson } from '../recipe/read.ts';
import type { Recipe } from '../recipe/recipe.ts';

/** The recipes of a file: a PNG's, one as JSON, or a list of them. @throws {UserError} */
export async function readRecipes(path: string): Promise<Recipe[]> {
  if (/\.png$/i.test(path)) {
    const content = await readRecipe(readBytes(path));
    if (content.kind === 'recipe') return [content.recipe];
    throw new UserError(
      'recipe',
      `${path} was made by another tool: it tells a prompt, and no recipe of this program.`,
    );
  }
  const json = readJson(path);
  const source = { opening: `The recipes in ${path} cannot be used`, remedy: 'Put them right.' };
  return (Array.isArray(json) ? json : [json]).map((each: unknown) => readRecipeJson(each, source));
}

/** @throws {UserError} */
export function readJson(path: string): unknown {
  const text = readText(path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UserError('settings', `${path} is not JSON: ${faultIn(cause)}.`, { cause });
  }
}

/** What JSON.parse says, which quotes the file: its line ends and control characters as escapes. */
export const faultIn = (cause: unknown): string => quoted((cause as Error).message, 160);

/** @throws {UserError} */
export function readText(path: string): string {
  return readBytes(path).toString('utf8');
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new UserError('settings', `Cannot read ${path}: ${(cause as Error).message}.`, { cause });
  }
}
