// From a PNG's bytes to the recipe in it, or to what another tool's texts tell.
import { UserError } from '../errors.ts';
import { readForeign } from '../recipe/foreign.ts';
import type { FoundSettings } from '../recipe/found.ts';
import { asObject, parseJson } from '../recipe/json.ts';
import { MAX_RECIPE_TEXT, readRecipeJson } from '../recipe/read.ts';
import { type RecipeSource, refusal } from '../recipe/reader.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { gridKeyword } from './gridTexts.ts';
import { readTexts } from './readTexts.ts';
import { recipeKeyword, scoreKeyword } from './recipeTexts.ts';

export type PngContent =
  /** Our own: everything. */
  | { readonly kind: 'recipe'; readonly recipe: Recipe; readonly score: number | null }
  /** Another tool's, or what is left of our own: enough to fill in the form. */
  | {
      readonly kind: 'settings';
      readonly settings: FoundSettings;
      /** Why it is no more, in one sentence, where there is something to say. */
      readonly note: string | null;
    };

const remedy = 'Take the file as it was first saved.';
const source: RecipeSource = { opening: 'The recipe in this PNG cannot be used', remedy };

/**
 * What a PNG tells of how it was made; the first recipe in it that is whole.
 * @param bytes the whole file; its pixels are not decoded
 * @throws {UserError} `recipe`, one sentence of at most 300 characters, when it tells nothing
 */
export async function readRecipe(bytes: Uint8Array): Promise<PngContent> {
  const { texts, damage } = await readTexts(bytes);
  const first = new Map<string, string>();
  for (const { keyword, text } of texts) if (!first.has(keyword)) first.set(keyword, text);

  let fault: UserError | null = null;
  for (const { text } of texts.filter(({ keyword }) => keyword === recipeKeyword)) {
    try {
      return readOwn(text, first);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      fault ??= error;
    }
  }
  if (damage !== null) fault ??= refusal({ opening: 'This PNG is damaged', remedy }, [damage]);
  const settings = readForeign(first);
  if (settings) return { kind: 'settings', settings, note: fault?.message ?? null };
  if (first.has(gridKeyword)) {
    throw new UserError(
      'recipe',
      'This PNG shows a whole grid, of which each picture has a recipe of its own: open one of its pictures.',
    );
  }
  throw (
    fault ??
    new UserError(
      'recipe',
      `This PNG carries no recipe: whoever saved it again may have left it out. ${remedy}`,
    )
  );
}

function readOwn(text: string, texts: ReadonlyMap<string, string>): PngContent {
  const parsed = parseJson(text, MAX_RECIPE_TEXT);
  if ('fault' in parsed) throw refusal(source, [`it ${parsed.fault}`]);
  const json = asObject(parsed.value);
  // The command line of version 1 left the prompt to the description.
  const isShort = json && Object.hasOwn(json, 'pack') && !Object.hasOwn(json, 'prompt');
  const whole = isShort ? { ...json, prompt: texts.get('Description') } : parsed.value;
  const recipe = readRecipeJson(whole, source);
  const score =
    json && Object.hasOwn(json, 'score') ? json.score : Number(texts.get(scoreKeyword) ?? Number.NaN);
  return {
    kind: 'recipe',
    recipe,
    score: typeof score === 'number' && Math.abs(score) <= 1.01 ? score : null,
  };
}
