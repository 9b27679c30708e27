// The PNG reader on the browser's own streams: what they unfold before they can be stopped differs from Node's.
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../src/crc32.ts';
import { inflate } from '../../src/png/inflate.ts';
import { readRecipe } from '../../src/png/readRecipe.ts';
import { recipeKeyword, recipeTexts } from '../../src/png/recipeTexts.ts';
import { encodePng } from '../../src/png/write.ts';
import { writeRecipe } from '../../src/recipe/write.ts';
import { avoiding, recipes } from '../support/recipes.ts';

const image = { width: 4, height: 4, data: new Uint8ClampedArray(64).fill(200) };
const model = { name: 'Micro', license: 'MIT', image };

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The file with a zTXt chunk behind its header. */
function withCompressed(file: Uint8Array, keyword: string, folded: Uint8Array): Uint8Array {
  const body = new Uint8Array([...new TextEncoder().encode(`zTXt${keyword}\0\0`), ...folded]);
  const chunk = new Uint8Array(8 + body.length);
  chunk.set(body, 4);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, body.length - 4);
  view.setUint32(4 + body.length, crc32(body));
  return new Uint8Array([...file.subarray(0, 33), ...chunk, ...file.subarray(33)]);
}

describe('PNG files in a browser', () => {
  it('bring their recipe back', async () => {
    for (const recipe of recipes) {
      const file = await encodePng(image, recipeTexts(recipe, model, 0.5));
      const content = await readRecipe(new Uint8Array(await file.arrayBuffer()));
      expect(content).toEqual({ kind: 'recipe', recipe, score: 0.5 });
    }
  });

  it('do so from compressed texts, past a bomb', async () => {
    const empty = new Uint8Array(await (await encodePng(image, [])).arrayBuffer());
    const text = new TextEncoder().encode(writeRecipe(avoiding));
    const bomb = await deflate(new Uint8Array(32 << 20));
    const file = withCompressed(
      withCompressed(empty, recipeKeyword, await deflate(text)),
      recipeKeyword,
      bomb,
    );
    expect(await readRecipe(file)).toEqual({ kind: 'recipe', recipe: avoiding, score: null });
    const cut = (await deflate(text)).subarray(0, -9);
    await expect(readRecipe(withCompressed(empty, recipeKeyword, cut))).rejects.toThrow('damaged');
  });

  it('are stopped within a few pieces', async () => {
    const bomb = await deflate(new Uint8Array(32 << 20));
    const budget = { left: 1 << 30 };
    const slice = bomb.slice.bind(bomb);
    let given = 0;
    bomb.slice = (from = 0, to = bomb.length) => {
      given = Math.min(to, bomb.length);
      return slice(from, to);
    };
    expect(await inflate(bomb, 1 << 16, budget)).toBe('too long');
    // A kilobyte unfolds to a megabyte, and no browser stops within what it was given.
    expect(given).toBeGreaterThan(0);
    expect(given).toBeLessThanOrEqual(4096);
  });
});
