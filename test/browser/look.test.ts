// Steps looked at again on WebGPU and on WASM: the same figures. On both they come of TypeScript, from logits in memory; what
// may differ is the denoiser.
import { beforeEach, describe, expect, it } from 'vitest';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { generate } from '../../src/engine/generate.ts';
import { createLooker } from '../../src/engine/look.ts';
import { packAt } from '../../src/engine/packReader.ts';
import { openRuntime } from '../../src/engine/runtime.ts';
import type { StepLook } from '../../src/events.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { trailStep } from '../../src/recipe/trail.ts';
import { builtInPack } from '../../src/store/address.ts';
import type { ImageTokens, Provider } from '../../src/types.ts';
import { countGpu } from '../support/gpuCounter.ts';
import { recipeFor } from '../support/recipes.ts';

const open = (pack: string, provider: Provider) =>
  openEngine({
    fetchFile: packAt(new URL(pack, location.href).href),
    provider,
    // Its figures are the same with more threads, which on a busy machine wait for one another.
    openRuntime: (choice, options) => openRuntime(choice, { ...options, oneThread: true }),
    onProgress: () => {},
  });

async function trailOf(engine: Engine, recipe: Recipe) {
  const rows: ImageTokens[] = [];
  for await (const event of generate(engine, [recipe], new AbortController().signal)) {
    if (event.type === 'step') rows.push(event.progress.tokens);
  }
  return { mask: engine.manifest.codebookSize, rows };
}

/** A picture's steps as one device sees them; those of the picture that WASM makes. */
async function looksOn(provider: Provider, pack: string, recipes: readonly Partial<Recipe>[], draw: boolean) {
  const engine = await open(pack, provider);
  try {
    const look = createLooker(engine);
    const looks: StepLook[] = [];
    for (const [i, change] of recipes.entries()) {
      const recipe = recipeFor(engine, change);
      trails[i] ??= await trailOf(engine, recipe);
      for (let step = 1; step <= trails[i].rows.length; step++) {
        looks.push(await look(trailStep(recipe, trails[i], step), draw));
      }
    }
    return looks;
  } finally {
    await engine.dispose();
  }
}
let trails: Awaited<ReturnType<typeof trailOf>>[] = [];
beforeEach(() => {
  trails = [];
});

const farthest = (one: ArrayLike<number>, other: ArrayLike<number>) =>
  Math.max(...Array.from(one, (value, i) => Math.abs(value - other[i])));

describe('a step looked at again on the GPU', () => {
  it('has the figures of WASM to 0.001, and its picture', async () => {
    const recipes = [1, 3].map((guidance) => ({ guidance, steps: 2 }));
    const wasm = await looksOn('wasm', '/test/.tmp/micro', recipes, true);
    const gpu = await looksOn('webgpu', '/test/.tmp/micro', recipes, true);
    expect(gpu).toHaveLength(4);
    const spread = new Set<number>();
    for (const [i, { confidence, image }] of gpu.entries()) {
      expect(farthest(confidence, wasm[i].confidence)).toBeLessThan(1e-3);
      // A rounded byte apart.
      expect(farthest(image!.data, wasm[i].image!.data)).toBeLessThanOrEqual(1);
      for (const value of confidence) spread.add(Math.round(1000 * value));
    }
    expect(spread.size).toBeGreaterThan(3);
  });

  it('has the figures of WASM on the built-in model', async () => {
    const recipes = [{ guidance: 2, steps: 1 }];
    const [wasm] = await looksOn('wasm', `/${builtInPack}`, recipes, false);
    const [gpu] = await looksOn('webgpu', `/${builtInPack}`, recipes, false);
    const worst = farthest(gpu.confidence, wasm.confidence);
    console.log(`figures of WebGPU and WASM are ${worst.toExponential(1)} apart at most`);
    expect(worst).toBeLessThan(1e-3);
  });

  it('changes nothing for the loop, and leaves nothing behind', async () => {
    const counter = countGpu();
    const engine = await open('/test/.tmp/micro', 'webgpu');
    try {
      const recipe = recipeFor(engine, { guidance: 3, steps: 3 });
      const trail = await trailOf(engine, recipe);
      const look = createLooker(engine);
      // ONNX Runtime keeps the buffers of its first runs for the next.
      for (const step of [2, 1]) await look(trailStep(recipe, trail, step), true);
      const bytes = counter.liveBytes();
      for (const step of [3, 1]) await look(trailStep(recipe, trail, step), true);
      expect(counter.liveBytes()).toBe(bytes);
      expect(await trailOf(engine, recipe)).toEqual(trail);
    } finally {
      await engine.dispose();
      counter.stop();
    }
  });
});
