// page.v1.png and cli.v1.png were made by the page's and the command line's code of version 1, with a model of that time.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readRecipe } from '../../src/png/readRecipe.ts';
import { recipeKeyword, recipeTexts } from '../../src/png/recipeTexts.ts';
import { encodePng } from '../../src/png/write.ts';
import { makeRecipe } from '../../src/recipe/recipe.ts';
import { writeRecipe } from '../../src/recipe/write.ts';
import { pictureFile } from '../../src/store/pictureFile.ts';
import { grey, micro, microRecipe } from '../support/page.ts';
import {
  type Chunk,
  compressed,
  end,
  header,
  international,
  internationalCompressed,
  pixels,
  pixelWith,
  pngOf,
  text,
} from '../support/pngWriter.ts';
import { avoiding, plain, recipes } from '../support/recipes.ts';
import { refusal } from '../support/refusal.ts';

const fixture = (name: string) => new Uint8Array(readFileSync(new URL(name, import.meta.url)));
const bytesOf = async (file: Blob) => new Uint8Array(await file.arrayBuffer());
const own = (json: unknown) =>
  international(recipeKeyword, typeof json === 'string' ? json : JSON.stringify(json));
const utf8 = (content: string) => new TextEncoder().encode(content);

describe("this program's pictures", () => {
  it('of version 1 give everything back', async () => {
    const common = { steps: 5, guidance: 1.15, truncation: { kind: 'topR', r: 0.85 } } as const;
    const settings = { ...common, sampler: 'exact', arithmetic: 'single' } as const;
    const model = { id: 'toon', fingerprint: null };
    expect(await readRecipe(fixture('page.v1.png'))).toEqual({
      kind: 'recipe',
      recipe: makeRecipe({
        ...settings,
        model,
        condition: { kind: 'text', text: 'a smiling man with a beard, éyes „wide“ open 顔' },
        seed: 1457044182,
      }),
      score: 0.40791077585884733,
    });
    expect(await readRecipe(fixture('cli.v1.png'))).toEqual({
      kind: 'recipe',
      recipe: makeRecipe({
        ...settings,
        model,
        condition: { kind: 'text', text: 'a woman with a red hat' },
        seed: 7,
      }),
      score: 0.5587984425580051,
    });
  });

  it('of today do so as well', async () => {
    const recipe = { ...microRecipe, seed: 44 };
    const file = await bytesOf(
      await pictureFile(micro.model, { index: 2, recipe, score: 0.71, image: grey(7) }),
    );
    expect(await readRecipe(file)).toEqual({ kind: 'recipe', recipe, score: 0.71 });
  });

  it('of version 2 carry the very recipe, and what others read', async () => {
    const model = { name: 'Micro', license: 'MIT', image: { width: 4, height: 4 } };
    for (const recipe of recipes) {
      for (const score of [0.25, null]) {
        const file = await bytesOf(await encodePng(grey(1), recipeTexts(recipe, model, score)));
        expect(await readRecipe(file)).toEqual({ kind: 'recipe', recipe, score });
      }
    }
    const keywords = recipeTexts(avoiding, model, 1).map(({ keyword }) => keyword);
    expect(keywords).toEqual([
      'Description',
      'Software',
      'parameters',
      recipeKeyword,
      `${recipeKeyword} score`,
    ]);
    const foreign = recipeTexts(avoiding, model, 1).filter(({ keyword }) => keyword === 'parameters');
    expect(await readRecipe(await bytesOf(await encodePng(grey(1), foreign)))).toMatchObject({
      kind: 'settings',
      settings: { prompt: 'a smiling woman', avoid: 'лицо 顔 👩‍🦰 "é"', seed: 42, steps: 10, guidance: 1.15 },
      note: null,
    });
  });

  it('are read from every kind of chunk, before and behind the pixels', async () => {
    const json = writeRecipe(avoiding);
    for (const chunk of [
      international(recipeKeyword, json),
      internationalCompressed(recipeKeyword, json),
      compressed(recipeKeyword, json),
      text(recipeKeyword, utf8(json)),
    ]) {
      const expected = { kind: 'recipe', recipe: avoiding, score: null };
      expect(await readRecipe(pixelWith(chunk))).toEqual(expected);
      expect(await readRecipe(pngOf(header, pixels, chunk, end))).toEqual(expected);
      expect(await readRecipe(pngOf(header, chunk))).toEqual(expected);
    }
  });

  it('give the first recipe that is whole', async () => {
    const first = own(plain);
    const expected = { kind: 'recipe', recipe: plain, score: null };
    expect(await readRecipe(pixelWith(first, own(avoiding)))).toEqual(expected);
    expect(await readRecipe(pixelWith(own('{"prompt":"x"}'), { ...own(avoiding), sum: 1 }, first))).toEqual(
      expected,
    );
  });

  it('give what is left when their recipe is damaged, and say why', async () => {
    const description = text('Description', 'a hat');
    const settings = { tool: 'the description', prompt: 'a hat' };
    expect(await readRecipe(pixelWith(description))).toEqual({ kind: 'settings', settings, note: null });
    expect(await readRecipe(pixelWith(description, { ...own(plain), sum: 1 }))).toEqual({
      kind: 'settings',
      settings,
      note: 'This PNG is damaged: the checksum of a text is wrong. Take the file as it was first saved.',
    });
    expect(await readRecipe(pixelWith(own({ ...plain, seed: 0.5 }), description))).toEqual({
      kind: 'settings',
      settings,
      note:
        'The recipe in this PNG cannot be used: seed should be a whole number from 0 to 4294967295, found 0.5. ' +
        'Take the file as it was first saved.',
    });
    const cut = pixelWith(description, own(plain)).subarray(0, 100);
    expect(await readRecipe(cut)).toMatchObject({
      settings,
      note: expect.stringContaining('cut off after 100 bytes'),
    });
  });
});

describe('a picture without a recipe', () => {
  const refused = (...chunks: readonly Chunk[]) => refusal(() => readRecipe(pixelWith(...chunks)));

  it('gets one sentence', async () => {
    expect(await refused()).toBe(
      'This PNG carries no recipe: whoever saved it again may have left it out. Take the file as it was first saved.',
    );
    expect(await refused(text('Software', 'a painter'))).toContain('carries no recipe');
    expect(await refused(own('[1]'))).toContain('it should be an object, found a list of 1');
    expect(await refused(own('{"prompt":'))).toContain('it is not JSON');
    expect(await refused(own('{"__proto__":{"steps":3},"prompt":"x","seed":1}'))).toMatch(
      /the field “__proto__” is unknown; .*steps is missing/,
    );
    expect(await refused(own({ model: 'portraits', prompt: 'a man', seed: 5.5, steps: 10 }))).toContain(
      'seed should be a whole number from 0 to 4294967295, found 5.5; guidance is missing; truncation is missing',
    );
    // Of two faulty ones, the first.
    expect(await refused(own('[1]'), own('{"prompt":'))).toContain('a list of 1');
    expect(await refused(own({ ...plain, version: 9 }))).toContain('Reload the page');
    expect(await refused({ ...own(plain), sum: 0 })).toContain('the checksum of a text is wrong');
    expect(await refusal(() => readRecipe(utf8('%PDF-1.7')))).toContain('This file is no PNG');
  });

  it('is not made of a short recipe of version 1 without its description', async () => {
    const { pack, ...rest } = {
      pack: 'faces 1a2b3c4d',
      sampler: 'exact',
      steps: 5,
      guidance: 1,
      seed: 7,
      score: 0.5,
    };
    const short = { pack, ...rest, truncation: { kind: 'none' } };
    expect(await refused(own(short))).toContain('condition.text is missing');
    expect(await readRecipe(pixelWith(own(short), text('Description', 'a hat')))).toMatchObject({
      kind: 'recipe',
      recipe: { condition: { kind: 'text', text: 'a hat' }, seed: 7 },
      score: 0.5,
    });
    // A prompt of its own is not overwritten.
    expect(
      await readRecipe(pixelWith(own({ ...short, prompt: 'a bow' }), text('Description', 'a hat'))),
    ).toMatchObject({
      recipe: { condition: { kind: 'text', text: 'a bow' } },
    });
  });

  it("of another tool fills in the form, and nothing of it is taken for a recipe's", async () => {
    const json = '{"prompt":"a castle","seed":3,"steps":9,"guidance_scale":4,"version":"x"}';
    expect(await readRecipe(pixelWith(international('parameters', json)))).toEqual({
      kind: 'settings',
      settings: { tool: 'Fooocus', prompt: 'a castle', seed: 3, steps: 9, guidance: 4 },
      note: null,
    });
    expect(await refused(text('parameters', 'Steps: 20, Seed: 5'), text('prompt', '{}'))).toContain(
      'no recipe',
    );
  });
});
