// What a condition in between makes (a push, a mix with a picture, a frame of a morph), and what goes on from a picture's tokens
// under one (a mended part, a frame of a film), comes again from its file on the GPU, bit for bit.
import { expect, it } from 'vitest';
import { openEngine } from '../../src/engine/engine.ts';
import { generate } from '../../src/engine/generate.ts';
import { packAt } from '../../src/engine/packReader.ts';
import { openRuntime } from '../../src/engine/runtime.ts';
import { readRecipe } from '../../src/png/readRecipe.ts';
import { recipeTexts } from '../../src/png/recipeTexts.ts';
import { encodePng } from '../../src/png/write.ts';
import { embeddingCondition } from '../../src/recipe/condition.ts';
import { continued, filmed } from '../../src/recipe/film.ts';
import { morphed } from '../../src/recipe/morph.ts';
import { pushed, qualities } from '../../src/recipe/push.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { repainted } from '../../src/recipe/repaint.ts';
import type { ImageTokens } from '../../src/types.ts';
import { recipeFor } from '../support/recipes.ts';

const text = (words: string) => ({ kind: 'text', text: words }) as const;

it('a push, a mix, a frame of a morph, a mended part and a frame of a film are made again by their files on the GPU, all alone', async () => {
  const engine = await openEngine({
    fetchFile: packAt(new URL('/test/.tmp/micro', location.href).href),
    provider: 'webgpu',
    openRuntime,
    onProgress: () => {},
  });
  try {
    const { manifest } = engine;
    const plain = recipeFor(engine, { condition: text('a hat'), guidance: 3, steps: 2 });
    const tokens = new Int32Array(manifest.grid.rows * manifest.grid.columns).fill(7) as ImageTokens;
    const seen = await engine.encodeImage(await engine.decode(tokens));
    const [, push] = pushed(plain, qualities[2], [0, -2]);
    const [, frame] = morphed(plain, recipeFor(engine, { condition: text('a beard') }), 4);
    const mix: Recipe = {
      ...plain,
      condition: { kind: 'between', from: plain.condition, to: embeddingCondition(seen), at: 0.4 },
    };
    const chosen = Array.from(tokens, (_, i) => i % 4 === 0);
    const [mended] = repainted([{ ...push, redraw: 0.2 }], tokens, chosen, manifest);
    const [, planned] = filmed(plain, recipeFor(engine, { condition: text('a beard') }), tokens, manifest, {
      frames: 3,
      share: 0.3,
    });
    const filmFrame = continued(planned, tokens.fill(5), manifest);
    /** Their pixels and files. Together they go through the GPU as one batch. */
    async function make(recipes: readonly Recipe[]) {
      const made: { readonly pixels: string; readonly file: Uint8Array }[] = [];
      for await (const event of generate(engine, recipes, new AbortController().signal)) {
        if (event.type !== 'image') continue;
        const png = await encodePng(event.image, recipeTexts(recipes[event.index], manifest, event.score));
        made[event.index] = {
          pixels: event.image.data.join(),
          file: new Uint8Array(await png.arrayBuffer()),
        };
      }
      return made;
    }
    const first = await make([plain, push, mix, frame, mended, filmFrame]);
    // Otherwise it would say nothing that they come again.
    expect(new Set(first.map(({ pixels }) => pixels)).size).toBe(6);
    for (const { file } of first.slice(1)) {
      const content = await readRecipe(file);
      if (content.kind !== 'recipe') throw new Error('no recipe');
      const [again] = await make([content.recipe]);
      expect([...again.file]).toEqual([...file]);
    }
  } finally {
    await engine.dispose();
  }
});
