// A picture as the file a visitor keeps: real size, with its recipe written inside.
import { recipeTexts } from '../png/recipeTexts.ts';
import { encodePng } from '../png/write.ts';
import type { Picture, RunModel } from './run.ts';

/** The PNG of one picture. */
export function pictureFile(model: RunModel, { image, recipe, score }: Picture): Promise<Blob> {
  return encodePng(image, recipeTexts(recipe, model, score));
}
