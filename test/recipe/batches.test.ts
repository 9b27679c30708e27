import { describe, expect, it } from 'vitest';
import { batchesOf } from '../../src/recipe/batches.ts';
import { planGrid } from '../../src/recipe/grid.ts';
import { candidates } from '../../src/recipe/plan.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { avoiding, elaborate, plain } from '../support/recipes.ts';

describe('batches', () => {
  it('are as large as allowed, in order', () => {
    expect(batchesOf(candidates(plain, 5), 2)).toEqual([[0, 1], [2, 3], [4]]);
    expect(batchesOf(candidates(plain, 5), 64)).toEqual([[0, 1, 2, 3, 4]]);
    expect(batchesOf([], 4)).toEqual([]);
  });

  it('hold what takes the same steps, wherever it stands in the list', () => {
    const steps = [25, 10, 25, 25].map((count) => ({ ...plain, steps: count }));
    expect(batchesOf(steps, 2)).toEqual([[0, 2], [1], [3]]);
    const grid = planGrid(plain, { field: 'steps', values: [5, 10] }, { field: 'seed', values: [1, 2, 3] });
    expect(batchesOf(grid.recipes, 64)).toEqual([
      [0, 2, 4],
      [1, 3, 5],
    ]);
  });

  it('may differ in what is each picture’s own, and in nothing else', () => {
    const start = elaborate.start.kind === 'tokens' ? elaborate.start : null;
    const together: Recipe[] = [plain, avoiding, { ...plain, condition: elaborate.condition, seed: 1 }];
    expect(batchesOf(together, 64)).toHaveLength(1);
    expect(
      batchesOf([elaborate, { ...elaborate, start: { ...start!, tokens: [0, 0, 0, 0] } }], 64),
    ).toHaveLength(1);
    const others: Partial<Recipe>[] = [
      { steps: 11 },
      { guidance: 1.2 },
      { truncation: { kind: 'topR', r: 0.8 } },
      { truncation: { kind: 'none' } },
      { sampler: 'authors-fast' },
      { start: start! },
      { start: { ...start!, timestep: 58 } },
    ];
    expect(batchesOf([plain, ...others.map((other) => ({ ...plain, ...other }))], 64)).toHaveLength(8);
  });
});
