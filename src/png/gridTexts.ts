// What the file of a whole grid says: the recipe of each of its cells.
import type { Recipe } from '../recipe/recipe.ts';
import type { PngText } from './write.ts';

/** Under it stand labels and recipes, row by row. */
export const gridKeyword = 'clip-vqdiffusion grid';

export interface DescribedGrid {
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  /** [rows, columns] */
  readonly recipes: readonly Recipe[];
}

/** The texts of a grid's PNG. @param software as of madeWith() */
export function gridTexts(
  prompt: string,
  { columns, rows, recipes }: DescribedGrid,
  software: PngText,
): PngText[] {
  return [
    { keyword: 'Description', text: prompt.toWellFormed() },
    software,
    { keyword: gridKeyword, text: JSON.stringify({ version: 1, columns, rows, recipes }) },
  ];
}
