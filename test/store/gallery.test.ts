import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.ts';
import type { KeptPicture } from '../../src/gallery/picture.ts';
import { readRecipe } from '../../src/png/readRecipe.ts';
import { archivePictures } from '../../src/store/gallery.ts';
import { headOf, newPicture } from '../support/pictures.ts';
import { zipContents } from '../support/zipReader.ts';

async function kept(n: number, prompt: string, seed: number): Promise<KeptPicture> {
  const { png, recipe, steps } = await newPicture(prompt, seed);
  return { head: headOf(n, { prompt, seed, favourite: n === 1 }), png, recipe, steps };
}

describe('an archive of pictures', () => {
  it('holds each as it is, in the order asked for, and a list of how they were made', async () => {
    const pictures = [await kept(1, 'a hat', 7), await kept(2, 'A hat', 7), await kept(3, 'Лицо', 8)];
    const { file, missing } = await archivePictures({ picture: async (id) => pictures[Number(id)] }, [
      '2',
      '0',
      '1',
    ]);
    expect(missing).toBe(0);
    const files = await zipContents(file);
    expect([...files.keys()]).toEqual(['лицо_8.png', 'a-hat_7.png', 'a-hat_7-2.png', 'recipes.json']);
    expect(await readRecipe(files.get('a-hat_7-2.png')!)).toMatchObject({ recipe: pictures[1].recipe });
    const list = JSON.parse(files.get('recipes.json')!.toString());
    expect(list.map((entry: { file: string }) => entry.file)).toEqual([...files.keys()].slice(0, 3));
    expect(list[1]).toEqual({
      file: 'a-hat_7.png',
      recipe: pictures[0].recipe,
      model: 'Micro',
      score: 0.25,
      favourite: true,
      made: '1970-01-01T00:00:01.001Z',
    });
  });

  it('leaves out what is gone or damaged, and counts it', async () => {
    const good = await kept(1, 'a hat', 7);
    const png = new Blob();
    png.arrayBuffer = () => Promise.reject(new DOMException('', 'NotReadableError'));
    const answers: Record<string, () => Promise<KeptPicture | null>> = {
      gone: async () => null,
      damaged: () => Promise.reject(new UserError('storage', 'This picture cannot be read.')),
      unreadable: async () => ({ ...good, png }),
      good: async () => ({ ...good, recipe: null }),
    };
    const { file, missing } = await archivePictures({ picture: (id) => answers[id]() }, Object.keys(answers));
    expect(missing).toBe(3);
    const files = await zipContents(file);
    expect([...files.keys()]).toEqual(['a-hat_7.png', 'recipes.json']);
    expect(JSON.parse(files.get('recipes.json')!.toString())).toMatchObject([{ recipe: null }]);
  });
});
