// Whatever way a picture was made, its file makes it again: PNG -> recipe -> the same tokens and the same pixels. And a
// recipe says nothing in vain: with any one of its fields changed, the picture is another, or refused.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNodeRuntime } from '../../src/cli/nodeRuntime.ts';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { generate } from '../../src/engine/generate.ts';
import type { PackFetch } from '../../src/engine/packReader.ts';
import { readRecipe } from '../../src/png/readRecipe.ts';
import { recipeTexts } from '../../src/png/recipeTexts.ts';
import { encodePng } from '../../src/png/write.ts';
import { embeddingCondition } from '../../src/recipe/condition.ts';
import { continued, filmed } from '../../src/recipe/film.ts';
import { planGrid } from '../../src/recipe/grid.ts';
import { candidates, planPrompt } from '../../src/recipe/plan.ts';
import { readRecipeText } from '../../src/recipe/read.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { regionOf } from '../../src/recipe/region.ts';
import { repainted } from '../../src/recipe/repaint.ts';
import { encodeFree, type RecipeStart } from '../../src/recipe/start.ts';
import type { RgbaImage } from '../../src/types.ts';
import { convertMicroPack, packInMemory } from '../support/microPack.ts';
import { pngPixels } from '../support/png.ts';
import { changed, leaves, recipeFor } from '../support/recipes.ts';
import { checkedRefusal } from '../support/refusal.ts';

const open = (fetchFile: PackFetch) =>
  openEngine({ fetchFile, provider: 'wasm', openRuntime: () => openNodeRuntime(1), onProgress: () => {} });

let micro: Engine;
beforeAll(async () => {
  const opened = await open(packInMemory(await convertMicroPack()));
  micro = { ...opened, device: { ...opened.device, batch: 3 } };
});
afterAll(() => micro?.dispose());

interface Made {
  /** After every step. [steps][positions] */
  readonly tokens: number[][];
  image: RgbaImage | null;
  score: number;
}

async function make(engine: Engine, recipes: readonly Recipe[]): Promise<Made[]> {
  const made = recipes.map((): Made => ({ tokens: [], image: null, score: 0 }));
  for await (const event of generate(engine, recipes, new AbortController().signal)) {
    if (event.type === 'step') {
      const { indices, tokens } = event.progress;
      const positions = tokens.length / indices.length;
      for (const [row, index] of indices.entries()) {
        made[index].tokens.push([...tokens.subarray(row * positions, (row + 1) * positions)]);
      }
    }
    if (event.type === 'image') Object.assign(made[event.index], { image: event.image, score: event.score });
  }
  return made;
}

const text = (words: string) => ({ kind: 'text', text: words }) as const;

/** Every way to make a picture that there is. */
function everyWay(): [string, Recipe][] {
  const plain = recipeFor(micro, { condition: text('a woman with a hat'), steps: 4, guidance: 3 });
  const avoiding: Recipe = { ...plain, avoid: text('лицо 顔 "é" \\ {x|y}') };
  const grid = planGrid(
    plain,
    { field: 'steps', values: [3, 5] },
    { field: 'words', find: 'hat', values: ['beard', 'smile'] },
  );
  const { conditionSize, codebookSize, grid: size } = micro.manifest;
  const embedding = embeddingCondition(new Float32Array(conditionSize).fill(conditionSize ** -0.5));
  const positions = size.rows * size.columns;
  const start: RecipeStart = {
    kind: 'tokens',
    // Codes that stay, codes that may change, and masks.
    tokens: Array.from({ length: positions }, (_, i) => (i % 3 === 2 ? codebookSize : i % codebookSize)),
    free: encodeFree(Array.from({ length: positions }, (_, i) => i % 3 > 0)),
    timestep: 60,
  };
  const codes = Array.from({ length: positions }, (_, i) => (5 * i) % codebookSize);
  const region = regionOf(codes, size, positions / 4);
  const film = filmed(plain, { ...plain, condition: embedding }, codes, micro.manifest);
  return [
    ['with a second look', { ...plain, redraw: 0.2 }],
    ['with a second look, of given tokens', { ...plain, redraw: 0.5, start }],
    ['of an embedding', { ...plain, condition: embedding }],
    [
      'between two',
      { ...plain, condition: { kind: 'between', from: plain.condition, to: embedding, at: 0.3 } },
    ],
    [
      'with a direction',
      {
        ...plain,
        condition: {
          kind: 'direction',
          base: {
            kind: 'mix',
            parts: [
              { condition: text('a man'), weight: 0.7 },
              { condition: embedding, weight: -0.2 },
            ],
          },
          from: text('young'),
          to: text('old'),
          strength: 1.5,
        },
        avoid: embedding,
      },
    ],
    ['from tokens', { ...plain, steps: 7, start }],
    ['from tokens, of another seed', { ...plain, steps: 7, start, seed: 9 }],
    [
      'from other tokens',
      {
        ...plain,
        steps: 7,
        start: { ...start, tokens: start.tokens.toReversed(), free: encodeFree(Array(positions).fill(true)) },
      },
    ],
    ['mended', repainted([{ ...plain, seed: 5 }], codes, region, micro.manifest)[0]],
    ['a frame of a film', continued(film[1], codes, micro.manifest)],
    ['a frame near its end', continued(film.at(-2)!, codes.toReversed(), micro.manifest)],
    ['plain', plain],
    ['with something to avoid', avoiding],
    ['of the most probable codes', { ...plain, truncation: { kind: 'topK', k: 7 } }],
    ['without truncation', { ...plain, truncation: { kind: 'none' } }],
    ['without guidance', { ...plain, guidance: 1 }],
    ['against the prompt', { ...plain, guidance: 0 }],
    ['by the authors’ fast sampler', { ...plain, sampler: 'authors-fast' }],
    ['in all steps', { ...plain, steps: 100 }],
    ...candidates(avoiding, 3).map((recipe, i): [string, Recipe] => [`candidate ${i}`, recipe]),
    ...planPrompt(plain, 'a {red|{?blond|black}} hat', 2).map((recipe, i): [string, Recipe] => [
      `choice ${i}`,
      recipe,
    ]),
    ...grid.recipes.map((recipe, i): [string, Recipe] => [`cell ${i}`, recipe]),
  ];
}

describe('a picture’s file', () => {
  it('makes its tokens and pixels again, alone, whatever was made beside it', async () => {
    const ways = everyWay();
    const recipes = ways.map(([, recipe]) => recipe);
    const together = await make(micro, recipes);
    for (const [i, [name, recipe]] of ways.entries()) {
      const { image, score, tokens } = together[i];
      const file = await encodePng(image!, recipeTexts(recipe, micro.manifest, score));
      const content = await readRecipe(new Uint8Array(await file.arrayBuffer()));
      if (content.kind !== 'recipe') throw new Error(`${name}: no recipe`);
      const [again] = await make(micro, [content.recipe]);
      expect(again.tokens, name).toEqual(tokens);
      expect(again.image, name).toEqual(image);
      expect(again.score, name).toBeCloseTo(content.score!, 5);
    }
  });

  // Made by the command line's code of version 1, which had other names for all that decides a picture.
  it('of version 1 does so too', async () => {
    const bytes = readFileSync(new URL('../png/micro.v1.png', import.meta.url));
    const content = await readRecipe(bytes);
    if (content.kind !== 'recipe') throw new Error('no recipe');
    const [{ image, score }] = await make(micro, [content.recipe]);
    expect(score).toBeCloseTo(content.score!, 5);
    expect(image!.data.filter((_, i) => i % 4 !== 3)).toEqual(new Uint8ClampedArray(pngPixels(bytes)));
  });
});

describe('a recipe with one value changed', () => {
  /** What a value may become: other numbers, other words of its language and none of it. */
  const others = (value: unknown): unknown[] =>
    typeof value === 'number'
      ? [value + 1, value / 2, value - 2, -value]
      : ['none', 'topK', 'topR', 'authors-fast', 'half', 'tokens', 'a man with a beard', null, 7].filter(
          (other) => other !== value,
        );

  it('makes another picture, or is refused', async () => {
    const recipe = recipeFor(micro, {
      condition: text('a woman with a hat'),
      avoid: text('red hair'),
      steps: 6,
      guidance: 4,
      redraw: 0.5,
    });
    const pictureOf = async (given: Recipe) => {
      const [{ tokens, image }] = await make(micro, [given]);
      return String([...tokens.at(-1)!, ...image!.data]);
    };
    const original = await pictureOf(recipe);
    /** Fields of which some change was made into a picture. */
    const heard = new Set<string>();
    const silent: string[] = [];
    for (const path of [...leaves(recipe), ['avoid']]) {
      const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], recipe);
      for (const other of path.length === 1 && path[0] === 'avoid' ? [undefined] : others(value)) {
        const json = JSON.stringify(changed(recipe, path, other));
        try {
          const picture = await pictureOf(readRecipeText(json));
          if (picture === original) silent.push(`${path.join('.')}: ${JSON.stringify(other)}`);
          heard.add(path.join('.'));
        } catch (error) {
          checkedRefusal(error);
        }
      }
    }
    // One that does not say which weights it is for is of version 1, and taken at its word.
    expect(silent).toEqual(['model.fingerprint: null']);
    expect([...heard].sort()).toEqual([
      'avoid',
      'avoid.text',
      'condition.text',
      'guidance',
      'model.fingerprint',
      'redraw',
      'sampler',
      'seed',
      'steps',
      'truncation.r',
      // Until version 3 half of the tokens were chosen in one look.
      'version',
    ]);
  });
});
