// What the file of a whole grid says: the recipe of each of its cells.
import type { Recipe } from '../recipe/recipe.ts';
import type { DescribedModel } from './recipeTexts.ts';
import type { PngText } from './write.ts';

/** Under it stand labels and recipes, row by row. */
export const gridKeyword = 'clip-vqdiffusion grid';

export interface DescribedGrid {
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  /** [rows, columns] */
  readonly recipes: readonly Recipe[];
}

/** The texts of a grid's PNG. */
export function gridTexts(
  prompt: string,
  { columns, rows, recipes }: DescribedGrid,
  model: Pick<DescribedModel, 'name' | 'license'>,
): PngText[] {
  return [
    { keyword: 'Description', text: prompt.toWellFormed() },
    { keyword: 'Software', text: `CLIP-VQDiffusion in the browser, ${model.name} (${model.license})` },
    { keyword: gridKeyword, text: JSON.stringify({ version: 1, columns, rows, recipes }) },
  ];
}
