import { describe, expect, it } from 'vitest';
import { checkRecipe } from '../../src/recipe/fit.ts';
import { repainted } from '../../src/recipe/repaint.ts';
import { decodeFree } from '../../src/recipe/start.ts';
import { microManifest } from '../support/page.ts';
import { elaborate, plain } from '../support/recipes.ts';

const model = { ...microManifest, codebookSize: 9, grid: { rows: 8, columns: 8 } };
const tokens = Int32Array.from({ length: 64 }, (_, i) => i % 9);
const chosenFew = Array.from({ length: 64 }, (_, i) => i >= 20 && i < 36);

describe('a repainted picture', () => {
  it('keeps every token but the chosen ones, and starts where nothing is decided yet', () => {
    const recipes = repainted([plain, { ...plain, seed: 7 }], tokens, chosenFew, model);
    for (const [i, { start, ...rest }] of recipes.entries()) {
      const { start: _, ...own } = plain;
      expect(rest).toEqual({ ...own, seed: [42, 7][i] });
      if (start.kind !== 'tokens') throw new Error('no tokens');
      expect(decodeFree(start.free, 64)).toEqual(chosenFew);
      expect(start.tokens).toEqual([...tokens].map((token, at) => (chosenFew[at] ? 9 : token)));
      expect(start.timestep).toBe(99);
      expect(() => checkRecipe({ ...plain, start }, { ...model, id: 'micro' })).not.toThrow();
    }
  });

  it('draws what is masked already, gives up an older start, and is a new picture where all is chosen', () => {
    const unfinished = tokens.with(3, 9);
    const [half] = repainted([elaborate], unfinished, chosenFew, model);
    if (half.start.kind !== 'tokens') throw new Error('no tokens');
    expect(decodeFree(half.start.free, 64)?.[3]).toBe(true);
    expect(half.condition).toBe(elaborate.condition);
    const [whole] = repainted([plain], tokens, Array(64).fill(true), model);
    expect(whole.start).toMatchObject({ tokens: Array(64).fill(9), timestep: 99 });
  });

  it('of nothing, or of another grid, is a fault', () => {
    expect(() => repainted([plain], tokens, Array(64).fill(false), model)).toThrow('0 of 64 tokens chosen');
    expect(() => repainted([plain], tokens, Array(36).fill(true), model)).toThrow(RangeError);
  });
});
