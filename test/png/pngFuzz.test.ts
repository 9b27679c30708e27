// Broken PNGs by the thousand; see test/support/fuzz.ts for more of them.
import { readFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readRecipe } from '../../src/png/readRecipe.ts';
import { recipeKeyword, recipeTexts } from '../../src/png/recipeTexts.ts';
import { readRecipeText } from '../../src/recipe/read.ts';
import { writeRecipe } from '../../src/recipe/write.ts';
import { fuzz } from '../support/fuzz.ts';
import { type Chance, chanceOf, mutatedBytes, mutatedJson } from '../support/mutations.ts';
import {
  type Chunk,
  compressed,
  end,
  header,
  international,
  internationalCompressed,
  pixels,
  pngOf,
  text,
} from '../support/pngWriter.ts';
import { recipes } from '../support/recipes.ts';

const model = { name: 'Micro', license: 'MIT', image: { width: 4, height: 4 } };
const kinds = [
  (keyword: string, content: string) => text(keyword, new TextEncoder().encode(content)),
  compressed,
  international,
  internationalCompressed,
];
const graph = JSON.stringify({
  a: {
    inputs: { seed: 1, steps: 2, cfg: 3, positive: ['b', 0], negative: ['c', 0], latent_image: ['d', 0] },
  },
  b: { inputs: { text: 'a castle' } },
  c: { inputs: { text: ['b', 0] } },
  d: { inputs: {} },
});
const foreign: readonly (readonly [string, string])[] = [
  ['prompt', graph],
  ['parameters', 'a castle\nNegative prompt: fog\nSteps: 20, CFG scale: 7, Seed: 1, Size: 1x1'],
  ['invokeai_metadata', '{"positive_prompt":"a castle","seed":1,"steps":2,"cfg_scale":3}'],
  ['sd-metadata', '{"image":{"prompt":[{"prompt":"a castle [fog]"}],"seed":1}}'],
];
const files = ['page.v1.png', 'cli.v1.png'].map(
  (name) => new Uint8Array(readFileSync(new URL(name, import.meta.url))),
);
const bomb = deflateSync(new Uint8Array(5 << 20));

/** A file of chunks, of which some texts, kinds, lengths, sums and places are wrong. */
function brokenChunks(luck: Chance): Uint8Array {
  const { below, of } = luck;
  const recipe = of(recipes);
  const content = below(3)
    ? JSON.stringify(mutatedJson(recipe, luck))
    : Buffer.from(mutatedBytes(Buffer.from(writeRecipe(recipe)), luck)).toString();
  const texts: (readonly [string, string])[] = [
    ...recipeTexts(recipe, model, 0.5).map(({ keyword, text }) => [keyword, text] as const),
    [recipeKeyword, content],
    ...foreign,
  ];
  const chosen = Array.from({ length: 1 + below(4) }, () => of(texts));
  const chunks: Chunk[] = [
    header,
    ...chosen.map(([keyword, words]) => of(kinds)(keyword, words)),
    pixels,
    end,
  ];
  for (let times = below(3); times > 0; times--) {
    const at = below(chunks.length);
    const chunk = chunks[at];
    switch (below(8)) {
      case 0:
        chunks[at] = { ...chunk, sum: below(2 ** 24) };
        break;
      case 1:
        chunks[at] = {
          ...chunk,
          length: of([0, chunk.data.length - 1, chunk.data.length + 1, 2 ** 31, 2 ** 32 - 1]) >>> 0,
        };
        break;
      case 2:
        chunks[at] = { ...chunk, type: of(['tEXt', 'zTXt', 'iTXt', 'IDAT', 'IEND', 'tE\0t', 'eXIf']) };
        break;
      case 3:
        chunks[at] = { ...chunk, data: mutatedBytes(chunk.data, luck) };
        break;
      case 4:
        chunks.splice(at, 1);
        break;
      case 5:
        chunks.splice(below(chunks.length), 0, chunk);
        break;
      case 6:
        if (below(3)) break;
        chunks[at] = of([compressed, internationalCompressed])(recipeKeyword, '', bomb);
        break;
      default:
        chunks.reverse();
    }
  }
  return pngOf(...chunks);
}

describe('a broken PNG', () => {
  it('gives a recipe, settings, or a sentence', async () => {
    const counts = { recipe: 0, settings: 0 };
    const { taken } = await fuzz(async (dice) => {
      const luck = chanceOf(dice);
      const file = luck.below(5) ? brokenChunks(luck) : mutatedBytes(luck.of(files), luck);
      const content = await readRecipe(file);
      counts[content.kind]++;
      if (content.kind === 'recipe') {
        expect(readRecipeText(writeRecipe(content.recipe))).toEqual(content.recipe);
      } else {
        const { prompt, seed = 0, steps = 1, guidance = 0 } = content.settings;
        expect(prompt.trim().length).toBeGreaterThan(0);
        expect([seed, steps, guidance].every((value) => value >= 0 && value < 2 ** 32)).toBe(true);
        expect((content.note ?? '').length).toBeLessThanOrEqual(300);
      }
    });
    // Some of each kind.
    expect(taken).toBeLessThan(950);
    for (const kind of Object.values(counts)) {
      expect((taken * kind) / (counts.recipe + counts.settings), JSON.stringify(counts)).toBeGreaterThan(50);
    }
  });

  it('is broken where it says so', () => {
    // The writer's own sums are right: a mutation is what the reader finds, not a slip of the test.
    const file = pngOf(header, pixels, end);
    expect(Buffer.from(file).readUInt32BE(29)).toBe(crc32(Buffer.from(file.subarray(12, 29))));
  });
});
