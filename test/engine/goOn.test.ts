// Another engine goes on with what one had begun: bit for bit, from any step, whatever is in its batch. And what a device
// that fails without a word gives is never kept.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNodeRuntime } from '../../src/cli/nodeRuntime.ts';
import { checkPicture } from '../../src/engine/checkOutput.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { generate } from '../../src/engine/generate.ts';
import { openGraph } from '../../src/engine/session.ts';
import type { Begun } from '../../src/recipe/begun.ts';
import { candidates } from '../../src/recipe/plan.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { encodeFree } from '../../src/recipe/start.ts';
import { createRest } from '../../src/store/rest.ts';
import type { ImageTokens, Pixels } from '../../src/types.ts';
import { openMicroEngine } from '../support/microEngine.ts';
import { mulberry32 } from '../support/mulberry32.ts';
import { recipeFor } from '../support/recipes.ts';

let micro: Engine;
beforeAll(async () => {
  micro = await openMicroEngine();
});
afterAll(() => micro?.dispose());

interface Made {
  /** Of each picture, by its step. */
  readonly tokens: Map<number, string>[];
  readonly images: string[];
  readonly scores: number[];
  readonly steps: number[];
}

const atOnce = (batch: number): Engine => ({ ...micro, device: { ...micro.device, batch } });

/** @param events how many are waited for; all where it is left out */
async function make(
  engine: Engine,
  recipes: readonly Recipe[],
  { begun, events = Number.POSITIVE_INFINITY }: { begun?: readonly (Begun | null)[]; events?: number } = {},
) {
  const made: Made = { tokens: recipes.map(() => new Map()), images: [], scores: [], steps: [] };
  const rest = createRest(recipes);
  for await (const event of generate(engine, recipes, new AbortController().signal, begun)) {
    rest.hear(event);
    if (event.type === 'image') {
      made.images[event.index] = String(event.image.data);
      made.scores[event.index] = event.score;
    }
    if (event.type === 'step') {
      const { indices, tokens, step, steps } = event.progress;
      expect(step).toBeLessThanOrEqual(steps);
      made.steps.push(step);
      for (const [row, index] of indices.entries()) {
        made.tokens[index].set(step, String(tokens.subarray(36 * row, 36 * (row + 1))));
      }
    }
    if (--events === 0) break;
  }
  return { made, rest };
}

const some = (share: number) => {
  const draw = mulberry32(5);
  return encodeFree(Array.from({ length: 36 }, (_, i) => i === 3 || draw() < share));
};

describe('a run that goes on', () => {
  const ways = (): Record<string, Partial<Recipe>> => ({
    'as usual': { guidance: 3 },
    'without guidance': { guidance: 1 },
    'with small jumps first': { sampler: 'cosine' },
    'as the authors do': { sampler: 'authors-fast', steps: 10 },
    'with a second look': { guidance: 3, redraw: 0.2 },
    'as the authors do, with a second look': { sampler: 'authors-fast', steps: 10, redraw: 0.2 },
    'avoiding something': { guidance: 2, avoid: { kind: 'text', text: 'a beard' } },
    'from given tokens': {
      start: {
        kind: 'tokens',
        tokens: Array.from({ length: 36 }, (_, i) => i),
        free: some(0.7),
        timestep: 80,
      },
    },
  });
  it.each(Object.keys(ways()))('%s: is what it would have been, wherever it broke off', async (way) => {
    const recipes = candidates(recipeFor(micro, { steps: 6, ...ways()[way] }), 3);
    const whole = (await make(atOnce(3), recipes)).made;
    expect(new Set(whole.images).size).toBe(3);
    const all = whole.steps.length;
    for (const events of [2, 2 + (all >> 1), all + 1]) {
      const { made, rest } = await make(atOnce(3), recipes, { events });
      const { places, begun } = rest.missing();
      // In batches of other sizes, as after a second loss.
      const missing = places.map((place) => recipes[place]);
      const { made: gone } = await make(atOnce(1 + (events % 2)), missing, { begun });
      for (const [i, place] of places.entries()) {
        expect(gone.images[i]).toBe(whole.images[place]);
        expect(gone.scores[i]).toBe(whole.scores[place]);
        for (const [step, tokens] of gone.tokens[i]) expect(tokens).toBe(whole.tokens[place].get(step));
        const first = Math.min(...gone.tokens[i].keys());
        // A look at what is masked in part is not gone on with: that one begins anew.
        expect([1, (begun[i]?.step ?? 0) + 1]).toContain(first);
      }
      const kept = recipes.map((_, place) => made.images[place] ?? gone.images[places.indexOf(place)]);
      expect(kept).toEqual(whole.images);
    }
  });

  it('puts only those together that are equally far', async () => {
    const recipes = candidates(recipeFor(micro, { steps: 4 }), 4);
    const whole = (await make(atOnce(4), recipes)).made;
    const at = (place: number, step: number) => ({
      step,
      tokens: Int32Array.from(whole.tokens[place].get(step)!.split(',').map(Number)) as ImageTokens,
    });
    const { made } = await make(atOnce(4), recipes, { begun: [at(0, 2), null, at(2, 2), at(3, 1)] });
    expect(made.images).toEqual(whole.images);
    expect(made.steps).toEqual([3, 4, 1, 2, 3, 4, 2, 3, 4]);
  });
});

describe('a picture', () => {
  const pixels = (change: (value: number, i: number) => number) =>
    Float32Array.from({ length: 48 }, (_, i) => change(i / 48, i)) as Pixels;

  it.each<[string, Pixels]>([
    ['no numbers', pixels((value, i) => (i === 40 ? Number.NaN : value))],
    ['no numbers', pixels((value, i) => (i === 0 ? Number.POSITIVE_INFINITY : value))],
  ])('of %s is none, on any device', (_, wrong) => {
    expect(() => checkPicture(wrong, 'webgpu')).toThrow('The GPU drew a picture of no numbers');
    expect(() => checkPicture(wrong, 'wasm')).toThrow('The decoder gave a picture of no numbers');
  });

  it.each([0, 0.5, 1])('of %s everywhere is none of a GPU', (value) => {
    expect(() =>
      checkPicture(
        pixels(() => value),
        'webgpu',
      ),
    ).toThrow('The GPU drew an empty picture');
    expect(() =>
      checkPicture(
        pixels(() => value),
        'wasm',
      ),
    ).not.toThrow();
  });

  it.each([0, 1])('of two values is one, whichever is the larger', (last) => {
    const two = pixels((_, i) => (i === 47 ? last : 1 - last));
    expect(() => checkPicture(two, 'webgpu')).not.toThrow();
  });

  it('that the decoder leaves empty on a GPU is not kept', async () => {
    const empty: Engine = {
      ...micro,
      device: { ...micro.device, provider: 'webgpu' },
      startChain: async (options) => {
        const chain = await micro.startChain(options);
        return { ...chain, picture: async () => new Float32Array(3 * 144) as Pixels };
      },
    };
    await expect(make(empty, [recipeFor(micro, { steps: 2 })])).rejects.toMatchObject({ code: 'device' });
  });
});

it('what memory there was too little of is told apart from other failures', async () => {
  const { ort } = await openNodeRuntime(1);
  const session = {
    inputNames: ['x'],
    outputNames: ['y'],
    outputMetadata: [{ isTensor: true, shape: [1, 1], name: 'y', type: 'float32' }],
    run: () => Promise.reject(new Error('failed to call OrtRun(). ERROR_CODE: 6, std::bad_alloc')),
  };
  const standIn = { ...ort, InferenceSession: { create: async () => session } } as unknown as typeof ort;
  const graph = await openGraph({ ort: standIn, provider: 'wasm' }, 'decoder', new Uint8Array());
  await expect(graph.run({})).rejects.toMatchObject({
    code: 'memory',
    message: 'There was too little memory left at decoder: close other tabs, or make fewer pictures at once.',
  });
});
