import { describe, expect, it } from 'vitest';
import { decodeFree, type RecipeStart } from '../../src/recipe/start.ts';
import { type Variation, varied, variedStart } from '../../src/recipe/vary.ts';
import { microManifest } from '../support/page.ts';
import { plain } from '../support/recipes.ts';

const model = { ...microManifest, codebookSize: 9 };
const tokens = Int32Array.from({ length: 64 }, (_, i) => i % 9);

function tokensStart(start: RecipeStart) {
  if (start.kind !== 'tokens') throw new Error('no tokens');
  return { ...start, isFree: decodeFree(start.free, start.tokens.length)! };
}
const startOf = (share: number, seed: number, given: ArrayLike<number> = tokens) =>
  tokensStart(variedStart(given, share, seed, model));

describe('a variation', () => {
  it.each<[Variation, number, number]>([
    ['subtly', 10, 16],
    ['clearly', 22, 34],
    ['strongly', 38, 59],
  ])('%s masks %i of 64 tokens and starts where the schedule has as many', (variation, count, timestep) => {
    const recipes = varied(plain, tokens, variation, [5, 6, 7, 0xffffffff], model);
    const masks = recipes.map((recipe) => {
      const start = tokensStart(recipe.start);
      expect(start.isFree.filter(Boolean)).toHaveLength(count);
      expect(start.tokens).toEqual([...tokens].map((token, i) => (start.isFree[i] ? 9 : token)));
      // gammaBar is linear: 22 / 64 = 0.344 of it are reached at timestep 34.03 of 0..99.
      expect(Math.abs(start.timestep - timestep)).toBeLessThanOrEqual(1);
      return start.free;
    });
    expect(new Set(masks).size).toBe(4);
    expect(recipes.map(({ seed, start, ...rest }) => rest)).toEqual(
      Array(4).fill((({ seed, start, ...rest }) => rest)(plain)),
    );
    expect(recipes.map(({ seed }) => seed)).toEqual([5, 6, 7, 0xffffffff]);
    expect(varied(plain, tokens, variation, [5], model)).toEqual([recipes[0]]);
  });

  it('prefers no place: each is masked about as often as every other', () => {
    const times = Array(64).fill(0);
    for (let seed = 0; seed < 2000; seed++) {
      startOf(0.25, seed).isFree.forEach((may, i) => {
        if (may) times[i]++;
      });
    }
    // 500 each, with a standard deviation of 19.
    expect(Math.min(...times)).toBeGreaterThan(400);
    expect(Math.max(...times)).toBeLessThan(600);
  });

  it('masks one token at least, all at most, and draws what is masked already', () => {
    expect(startOf(0, 1).isFree.filter(Boolean)).toHaveLength(1);
    expect(startOf(0, 1).timestep).toBe(2);
    expect(startOf(1, 1)).toMatchObject({ tokens: Array(64).fill(9), timestep: 99 });
    const unfinished = startOf(0.15, 3, tokens.with(7, 9).with(8, 9));
    expect(unfinished.isFree.slice(7, 9)).toEqual([true, true]);
  });
});
