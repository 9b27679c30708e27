// A picture as the file a visitor keeps: real size, with what made it written inside.
import { encodePng } from '../png/write.ts';
import type { Picture, Run } from './run.ts';

export const settingsKeyword = 'clip-vqdiffusion';

/** The PNG of one picture; its settings are those that make this picture alone, as candidate 0. */
export function pictureFile(
  { settings, model }: Pick<Run, 'settings' | 'model'>,
  picture: Picture,
): Promise<Blob> {
  const recipe = {
    model: model.id,
    ...settings,
    seed: picture.seed,
    candidates: 1,
    ...(model.arithmetic === 'half' && { arithmetic: model.arithmetic }),
    score: picture.score,
  };
  return encodePng(picture.image, [
    { keyword: 'Description', text: settings.prompt.toWellFormed() },
    { keyword: 'Software', text: `CLIP-VQDiffusion in the browser, ${model.name} (${model.license})` },
    { keyword: settingsKeyword, text: JSON.stringify(recipe) },
  ]);
}
