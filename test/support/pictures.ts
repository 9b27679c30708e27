// Finished pictures for tests of the gallery.
import type { Head, NewPicture } from '../../src/gallery/picture.ts';
import { recipeTexts } from '../../src/png/recipeTexts.ts';
import { encodePng } from '../../src/png/write.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { plain } from './recipes.ts';

const model = { name: 'Micro', license: 'MIT', image: { width: 4, height: 4 } };

export function recipeFor(prompt: string, seed = 42): Recipe {
  return { ...plain, condition: { kind: 'text', text: prompt }, seed };
}

/** A grey picture with its recipe inside, as the page makes it, and the tokens of two steps. */
export async function newPicture(
  prompt: string,
  seed = 42,
  score: number | null = 0.25,
): Promise<NewPicture> {
  const recipe = recipeFor(prompt, seed);
  const image = { ...model.image, data: new Uint8ClampedArray(64).fill(seed) };
  return {
    png: await encodePng(image, recipeTexts(recipe, model, score)),
    recipe,
    model,
    score,
    film: null,
    steps: { mask: 5, rows: [Int32Array.of(5, 5, 2, 5), Int32Array.of(0, 4, 2, 1)] },
  };
}

/** A head of the list: the n-th picture. */
export function headOf(n: number, change: Partial<Head> = {}): Head {
  return {
    id: n.toString(16).padStart(32, '0'),
    time: 1000 + n,
    prompt: 'a hat',
    seed: n,
    model: 'Micro',
    score: 0.25,
    favourite: false,
    width: 4,
    height: 4,
    bytes: 100,
    film: null,
    ...change,
  };
}
