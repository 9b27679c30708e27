import { expect, it } from 'vitest';
import { branched } from '../../src/recipe/branch.ts';
import { jumpsOf } from '../../src/recipe/jumps.ts';
import { plain } from '../support/recipes.ts';

it('a branch before the second look changes nothing by the way there, as nothing is masked', () => {
  const looking = { ...plain, redraw: 0.1 };
  const tokens = jumpsOf(looking, 100).map(() => [3, 1, 4, 1]);
  const [branch] = branched(looking, tokens, looking.steps, [7], { timesteps: 100 });
  expect(branch.start).toMatchObject({ tokens: [3, 1, 4, 1], timestep: 0 });
  expect(jumpsOf(branch, 100)).toEqual([
    { timestep: 0, from: 0, to: -1 },
    ...jumpsOf(looking, 100).slice(looking.steps),
  ]);
});
