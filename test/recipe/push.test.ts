// One quality of a picture, less of it or more; and the way from one picture to another.
import { describe, expect, it } from 'vitest';
import { checkRecipe } from '../../src/recipe/fit.ts';
import { morphed } from '../../src/recipe/morph.ts';
import { pushed, qualities } from '../../src/recipe/push.ts';
import { microManifest, microRecipe } from '../support/page.ts';

describe('a pushed picture', () => {
  const smile = { from: 'a serious person', to: 'a smiling person' };
  const made = pushed(microRecipe, smile, [-2, 0, 1.5]);

  it('is itself in the middle, and lies along the way from one text to the other beside it', () => {
    expect(made[1]).toEqual(microRecipe);
    expect(made.map(({ condition }) => condition.kind === 'direction' && condition.strength)).toEqual([
      -2,
      false,
      1.5,
    ]);
    expect(made[0].condition).toEqual({
      kind: 'direction',
      base: microRecipe.condition,
      from: { kind: 'text', text: smile.from },
      to: { kind: 'text', text: smile.to },
      strength: -2,
    });
  });

  it('keeps seed, start and settings, and can be made by the model', () => {
    for (const { condition: _, ...rest } of made) {
      const { condition: __, ...own } = microRecipe;
      expect(rest).toEqual(own);
    }
    for (const recipe of made) expect(() => checkRecipe(recipe, microManifest)).not.toThrow();
  });

  it('has qualities of two different ends to choose from, none named twice', () => {
    expect(new Set(qualities.map(({ name }) => name)).size).toBe(qualities.length);
    for (const { from, to } of qualities) expect(from).not.toBe(to);
  });
});

describe('a morph', () => {
  it('goes from the one to what the other shows, by even parts, with the seed of the first', () => {
    const other = { ...microRecipe, seed: 99, condition: { kind: 'text', text: 'an old man' } as const };
    const way = morphed(microRecipe, other, 5);
    expect(way[0]).toEqual(microRecipe);
    expect(way[4]).toEqual({ ...microRecipe, condition: other.condition });
    expect(way.slice(1, 4).map(({ condition }) => condition.kind === 'between' && condition.at)).toEqual([
      0.25, 0.5, 0.75,
    ]);
    expect(new Set(way.map(({ seed }) => seed))).toEqual(new Set([microRecipe.seed]));
  });
});
