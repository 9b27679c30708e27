// What a picture's file says of it: to people, to other tools, and to this program.
import { writeParameters } from '../recipe/parameters.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { writeRecipe } from '../recipe/write.ts';
import type { PngText } from './write.ts';

/** Under it stands the recipe; in version 1, the settings of the run. */
export const recipeKeyword = 'clip-vqdiffusion';
/** The cosine of the picture's CLIP embedding to its prompt's: of the picture, not of its recipe. */
export const scoreKeyword = 'clip-vqdiffusion score';

export const softwareKeyword = 'Software';

/** What a file needs to know of the model beside its recipe's. */
export interface DescribedModel {
  readonly name: string;
  readonly license: string;
  readonly image: { readonly width: number; readonly height: number };
}

/** Which program made it, and with which model. */
export function madeWith({ name, license }: Pick<DescribedModel, 'name' | 'license'>): PngText {
  return { keyword: softwareKeyword, text: `CLIP-VQDiffusion in the browser, ${name} (${license})` };
}

/** The texts of one picture's PNG. */
export function recipeTexts(recipe: Recipe, model: DescribedModel, score: number | null): PngText[] {
  const { condition } = recipe;
  const parameters = writeParameters(recipe, model.image);
  return [
    ...(condition.kind === 'text' ? [{ keyword: 'Description', text: condition.text.toWellFormed() }] : []),
    madeWith(model),
    ...(parameters === null ? [] : [{ keyword: 'parameters', text: parameters }]),
    { keyword: recipeKeyword, text: writeRecipe(recipe) },
    ...(score === null ? [] : [{ keyword: scoreKeyword, text: String(score) }]),
  ];
}
