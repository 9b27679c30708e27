// Steps looked at again on WebGPU and on WASM: the same figures. On both they come of TypeScript, from logits in memory; what
// may differ is the denoiser.
import { expect, it } from 'vitest';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { generate } from '../../src/engine/generate.ts';
import { createLooker } from '../../src/engine/look.ts';
import { packAt } from '../../src/engine/packReader.ts';
import { openRuntime } from '../../src/engine/runtime.ts';
import type { StepLook } from '../../src/events.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { trailStep } from '../../src/recipe/trail.ts';
import type { ImageTokens, Provider } from '../../src/types.ts';
import { recipeFor } from '../support/recipes.ts';

const open = (provider: Provider) =>
  openEngine({
    fetchFile: packAt(new URL('/test/.tmp/micro', location.href).href),
    provider,
    // Its figures are the same with more threads, which on a busy machine wait for one another.
    openRuntime: (choice, options) => openRuntime(choice, { ...options, oneThread: true }),
    onProgress: () => {},
  });

type Trail = { readonly mask: number; readonly rows: ImageTokens[] };

async function trailOf(engine: Engine, recipe: Recipe): Promise<Trail> {
  const trail: Trail = { mask: engine.manifest.codebookSize, rows: [] };
  for await (const event of generate(engine, [recipe], new AbortController().signal)) {
    if (event.type === 'step') trail.rows.push(event.progress.tokens);
  }
  return trail;
}

/** Two steps of two pictures, with guidance and without, as a device sees them. */
async function looksOn(provider: Provider, trails: readonly Trail[] | null) {
  const engine = await open(provider);
  try {
    const look = createLooker(engine);
    const looks: StepLook[] = [];
    const taken: Trail[] = [];
    for (const [i, guidance] of [1, 3].entries()) {
      const recipe = recipeFor(engine, { guidance, steps: 2 });
      taken[i] = trails?.[i] ?? (await trailOf(engine, recipe));
      for (const step of [1, 2]) looks.push(await look(trailStep(recipe, taken[i], step), true, 4));
    }
    return { looks, trails: taken };
  } finally {
    await engine.dispose();
  }
}

const farthest = (one: ArrayLike<number>, other: ArrayLike<number>) =>
  Math.max(...Array.from(one, (value, i) => Math.abs(value - other[i])));

it('a step looked at again on the GPU has the figures of WASM to 0.001, and its picture', async () => {
  const wasm = await looksOn('wasm', null);
  const gpu = await looksOn('webgpu', wasm.trails);
  expect(gpu.looks).toHaveLength(4);
  const spread = new Set<number>();
  for (const [i, { confidence, image, likeliest }] of gpu.looks.entries()) {
    // Codes that are as likely may change places; how likely the likeliest are may not.
    expect(likeliest?.probabilities).toHaveLength(4 * confidence.length);
    expect(farthest(likeliest!.probabilities, wasm.looks[i].likeliest!.probabilities)).toBeLessThan(1e-3);
    expect(farthest(confidence, wasm.looks[i].confidence)).toBeLessThan(1e-3);
    // A rounded byte apart.
    expect(farthest(image!.data, wasm.looks[i].image!.data)).toBeLessThanOrEqual(1);
    for (const value of confidence) spread.add(Math.round(1000 * value));
  }
  expect(spread.size).toBeGreaterThan(3);
});
