// Every way to make a picture comes again from its file on the GPU, bit for bit: a text that avoids another, a condition in between
// (a push, a mix with a picture, a frame of a morph), and what goes on from given tokens under one (a mended part, a frame of a
// film, a start in the middle of the chain).
import { expect, it, vi } from 'vitest';
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
import { encodeFree } from '../../src/recipe/start.ts';
import type { ImageTokens } from '../../src/types.ts';
import { recipeFor } from '../support/recipes.ts';

// Its previews are gpuChain's: each costs as much as three steps there.
vi.mock('../../src/engine/previewPacer.ts', () => ({
  previewPacer: () => ({ due: () => false, asked() {} }),
}));

const text = (words: string) => ({ kind: 'text', text: words }) as const;

it('every way to make a picture makes it again by its file on the GPU, whatever is made beside it', async () => {
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
    const avoiding: Recipe = { ...plain, avoid: text('a beard'), seed: 1 };
    const free = encodeFree(Array.from(tokens, (_, i) => i % 2 > 0));
    if (filmFrame.start.kind !== 'tokens') throw new Error('no start');
    // From where the film's goes on: what agrees goes through the GPU together.
    const { timestep } = filmFrame.start;
    const start = { kind: 'tokens', tokens: Array(tokens.length).fill(3), free, timestep } as const;
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
    const first = await make([mended, push, mix, frame, avoiding, filmFrame, { ...filmFrame, start }]);
    // Otherwise it would say nothing that they come again.
    expect(new Set(first.map(({ pixels }) => pixels)).size).toBe(7);
    // Where one lies in a batch, and in which, is a matter of the GPU's programs, and not of the way.
    for (const places of [[0], [6, 5], [4, 3, 2], [1]]) {
      const read = await Promise.all(places.map((place) => readRecipe(first[place].file)));
      const recipes = read.map((content) => {
        if (content.kind !== 'recipe') throw new Error('no recipe');
        return content.recipe;
      });
      const again = await make(recipes);
      for (const [i, place] of places.entries()) expect([...again[i].file]).toEqual([...first[place].file]);
    }
  } finally {
    await engine.dispose();
  }
});
