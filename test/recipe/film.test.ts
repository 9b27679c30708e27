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
const shape = { frames: 9, share: 0.25, settled: 3 };
const film = filmed(microRecipe, end, model, shape);
const freeOf = ({ start }: Recipe) =>
  start.kind === 'tokens'
    ? decodeFree(start.free, start.tokens.length)!.flatMap((is, i) => (is ? i : []))
    : [];

describe('a film', () => {
  it('goes from the one to the other in even steps, and stays there', () => {
    expect(film).toHaveLength(9);
    expect(film[0]).toEqual(microRecipe);
    expect(film.map(({ condition }) => (condition.kind === 'between' ? condition.at : condition))).toEqual([
      microRecipe.condition,
      1 / 6,
      2 / 6,
      3 / 6,
      4 / 6,
      5 / 6,
      end.condition,
      end.condition,
      end.condition,
    ]);
    expect(new Set(film.map(({ seed }) => seed))).toEqual(new Set([microRecipe.seed]));
  });

  it('draws every position again in its turn, and all equally often', () => {
    const frees = film.slice(1).map(freeOf);
    for (const free of frees) expect(free).toHaveLength(5);
    expect(new Set(frees.slice(0, 4).flat()).size).toBe(20);
    expect(frees.slice(4)).toEqual(frees.slice(0, 4));
    // Not row by row.
    expect(frees[0]).not.toEqual([0, 1, 2, 3, 4]);
  });

  it('takes as many steps as a picture with so few masked tokens has left', () => {
    expect(film.map((recipe) => jumpsOf(recipe, 100).length)).toEqual([10, 3, 3, 3, 3, 3, 3, 3, 3]);
  });

  it('keeps what the frame before shows, and the file says so', () => {
    const former = Int32Array.from({ length: 20 }, (_, i) => i % 5);
    const recipe = continued(film[1], former);
    if (recipe.start.kind !== 'tokens') throw new Error('no tokens');
    const free = new Set(freeOf(recipe));
    expect(recipe.start.tokens).toEqual([...former].map((token, i) => (free.has(i) ? 5 : token)));
    expect(() => checkRecipe(recipe, model)).not.toThrow();
    // Until then it is no picture's.
    expect(() => checkRecipe(film[1], model)).toThrow();
    expect(continued(microRecipe, former)).toEqual(microRecipe);
  });
});
