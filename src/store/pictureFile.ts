// A picture as the file a visitor keeps: real size, with its recipe written inside.
import { recipeTexts } from '../png/recipeTexts.ts';
import { encodePng } from '../png/write.ts';
import type { Picture, RunModel } from './run.ts';

/** A picture is shown, kept and downloaded as the same file. */
const files = new WeakMap<Picture, Promise<Blob>>();

/** The PNG of one picture. */
export function pictureFile(model: RunModel, picture: Picture): Promise<Blob> {
  let file = files.get(picture);
  if (!file) {
    const { image, recipe, score } = picture;
    file = encodePng(image, recipeTexts(recipe, model, score));
    files.set(picture, file);
  }
  return file;
}
