// The recipes of a film: what each frame draws again, and what it takes from the one before.
import { describe, expect, it } from 'vitest';
import { continued, filmed } from '../../src/recipe/film.ts';
import { checkRecipe } from '../../src/recipe/fit.ts';
import { jumpsOf } from '../../src/recipe/jumps.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { decodeFree } from '../../src/recipe/start.ts';
import { microManifest, microRecipe } from '../support/page.ts';

const model = { ...microManifest, grid: { rows: 4, columns: 5 } };
const end: Recipe = { ...microRecipe, seed: 7, condition: { kind: 'text', text: 'an old man' } };
const there = Int32Array.from({ length: 20 }, (_, i) => (i * 3) % 5);
const film = filmed(microRecipe, end, there, model, { frames: 6, share: 0.25 });
const startOf = ({ start }: Recipe) => {
  if (start.kind !== 'tokens') throw new Error('no tokens');
  return { ...start, isFree: decodeFree(start.free, start.tokens.length)! };
};
const count = (values: readonly unknown[], wanted: unknown) =>
  values.filter((value) => value === wanted).length;

describe('a film', () => {
  it('begins and ends with the two pictures, and goes from the one’s condition to the other’s between', () => {
    expect(film).toHaveLength(6);
    expect([film[0], film[5]]).toEqual([microRecipe, end]);
    expect(film.slice(1, 5).map(({ condition }) => condition.kind === 'between' && condition.at)).toEqual([
      0.2, 0.4, 0.6, 0.8,
    ]);
    expect(new Set(film.slice(0, 5).map(({ seed }) => seed))).toEqual(new Set([microRecipe.seed]));
  });

  it('takes the other’s tokens little by little, and draws a share of the rest again, each in its turn', () => {
    const starts = film.slice(1, 5).map(startOf);
    for (const [i, { tokens, isFree }] of starts.entries()) {
      const arrived = 4 * (i + 1);
      expect(count(tokens, 5)).toBe(20 - arrived);
      expect(count(isFree, true)).toBe(Math.round((20 - arrived) / 4));
      for (const [position, token] of tokens.entries()) {
        if (token === 5) continue;
        expect(token).toBe(there[position]);
        expect(isFree[position]).toBe(false);
        // It stays from then on.
        expect(starts[i + 1]?.tokens[position] ?? token).toBe(token);
      }
    }
    // Another part than the frame before, and not row by row.
    expect(starts[1].isFree).not.toEqual(starts[0].isFree);
    expect(starts[0].isFree.indexOf(true) + 4).not.toBe(starts[0].isFree.lastIndexOf(true) + 1);
  });

  it('takes as many steps as a picture with so few masked tokens has left', () => {
    expect(film.map((recipe) => jumpsOf(recipe, 100).length)).toEqual([10, 2, 2, 1, 1, 10]);
  });

  it('keeps what the frame before shows, and the file says so', () => {
    const former = Int32Array.from({ length: 20 }, (_, i) => i % 5);
    const recipe = continued(film[2], former, model);
    const { tokens, isFree } = startOf(recipe);
    const planned = startOf(film[2]).tokens;
    expect(tokens).toEqual(planned.map((token, i) => (isFree[i] ? 5 : token === 5 ? former[i] : there[i])));
    expect(() => checkRecipe(recipe, model)).not.toThrow();
    // Until then it is no picture's.
    expect(() => checkRecipe(film[2], model)).toThrow();
  });

  it('leaves the ends as they are, whatever they begin with', () => {
    const former = new Int32Array(20).fill(1);
    expect(continued(microRecipe, former, model)).toEqual(microRecipe);
    const repainted = continued(film[1], former, model);
    expect(continued(repainted, there, model)).toEqual(repainted);
  });
});
