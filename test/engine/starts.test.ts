// Pictures that begin with given tokens, with the micro pack's real graphs.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { generate } from '../../src/engine/generate.ts';
import { branched } from '../../src/recipe/branch.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { encodeFree } from '../../src/recipe/start.ts';
import { openMicroEngine } from '../support/microEngine.ts';
import { mulberry32 } from '../support/mulberry32.ts';
import { recipeFor } from '../support/recipes.ts';

const POSITIONS = 36;
let micro: Engine;
beforeAll(async () => {
  micro = await openMicroEngine();
});
afterAll(() => micro?.dispose());

interface Made {
  readonly timesteps: number[];
  /** After every step. [steps][positions] */
  readonly tokens: number[][];
  pixels: number[];
}

async function make(recipes: readonly Recipe[]): Promise<Made[]> {
  const made = recipes.map((): Made => ({ timesteps: [], tokens: [], pixels: [] }));
  for await (const event of generate(micro, recipes, new AbortController().signal)) {
    if (event.type === 'image') made[event.index].pixels = [...event.image.data];
    if (event.type !== 'step') continue;
    const { indices, tokens, timestep } = event.progress;
    for (const [row, index] of indices.entries()) {
      made[index].timesteps.push(timestep);
      made[index].tokens.push([...tokens.subarray(row * POSITIONS, (row + 1) * POSITIONS)]);
    }
  }
  return made;
}

const startOf = (tokens: readonly number[], free: readonly boolean[], timestep: number) => ({
  kind: 'tokens' as const,
  tokens,
  free: encodeFree(free),
  timestep,
});

describe('a start from tokens', () => {
  it('all masked and at the last timestep is the usual start, bit for bit', async () => {
    const recipe = recipeFor(micro, { steps: 6, guidance: 3 });
    const { codebookSize, timesteps } = micro.manifest;
    const masked = startOf(Array(POSITIONS).fill(codebookSize), Array(POSITIONS).fill(true), timesteps - 1);
    const [usual, given] = await make([recipe, { ...recipe, start: masked }]);
    expect(given).toEqual(usual);
    expect(usual.timesteps).toHaveLength(6);
  });

  it.each([1, 3])('keeps what may not change through every step, at guidance %s', async (guidance) => {
    const { codebookSize, timesteps } = micro.manifest;
    const draw = mulberry32(5);
    const recipes = Array.from({ length: 12 }, (_, seed) => {
      const isFree = Array.from({ length: POSITIONS }, () => draw() < (seed + 1) / 13);
      isFree[seed] = true;
      // A third of those that may change have a code to begin with.
      const tokens = isFree.map((may) =>
        may && draw() < 2 / 3 ? codebookSize : Math.floor(draw() * codebookSize),
      );
      const start = startOf(tokens, isFree, Math.floor((draw() * 0.9 + 0.1) * timesteps));
      return { recipe: recipeFor(micro, { guidance, steps: 20, seed, start }), isFree, tokens };
    });
    for (const [i, made] of (await make(recipes.map(({ recipe }) => recipe))).entries()) {
      const { isFree, tokens } = recipes[i];
      const keptIn = (row: readonly number[]) => row.filter((_, position) => !isFree[position]);
      expect(made.tokens.length).toBeGreaterThanOrEqual(2);
      for (const row of made.tokens) expect(keptIn(row)).toEqual(keptIn(tokens));
      expect(made.tokens.at(-1)).not.toContain(codebookSize);
    }
  });

  it('from a step of a picture goes on to the same picture by its seed, and to others by others', async () => {
    const recipe = recipeFor(micro, { steps: 20, guidance: 3 });
    const [whole] = await make([recipe]);
    for (const step of [1, 7, 19]) {
      const [same, other] = await make(
        branched(recipe, whole.tokens, step, [recipe.seed, 7], micro.manifest),
      );
      expect(same.tokens).toEqual(whole.tokens.slice(step));
      expect(same.timesteps).toEqual(whole.timesteps.slice(step));
      expect(same.pixels).toEqual(whole.pixels);
      if (step < 19) expect(other.tokens).not.toEqual(same.tokens);
    }
    const late = {
      ...recipe,
      start: startOf(
        whole.tokens[19],
        whole.tokens[0].map((_, i) => i % 2 > 0),
        49,
      ),
    };
    const [begun] = branched(late, (await make([late]))[0].tokens, 2, [3], micro.manifest);
    // What could not change before cannot now.
    expect(begun.start).toMatchObject({ free: late.start.free, timestep: 39 });
    for (const step of [0, 20, 1.5]) {
      expect(() => branched(recipe, whole.tokens, step, [1], micro.manifest)).toThrow(RangeError);
    }
  });

  it('goes over the timesteps from its own on, together with others that begin there', async () => {
    const { codebookSize } = micro.manifest;
    const masked = Array(POSITIONS).fill(codebookSize);
    const free = Array(POSITIONS).fill(true);
    const recipe = recipeFor(micro, { steps: 10, start: startOf(masked, free, 49) });
    const half = startOf(
      [...Array(18).fill(1), ...masked.slice(18)],
      free.map((_, i) => i >= 18),
      49,
    );
    const [one, other] = await make([recipe, { ...recipe, start: half }]);
    expect(one.timesteps).toEqual([49, 39, 29, 19, 9]);
    expect(other.timesteps).toEqual(one.timesteps);
    // Each alone is what it is beside the other.
    expect(await make([{ ...recipe, start: half }])).toEqual([other]);
    expect(other.tokens[0].slice(0, 18)).toEqual(Array(18).fill(1));
    expect(one.pixels).not.toEqual(other.pixels);
  });
});
