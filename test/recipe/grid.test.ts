import { describe, expect, it } from 'vitest';
import { type Axis, planGrid } from '../../src/recipe/grid.ts';
import { avoiding, elaborate, plain } from '../support/recipes.ts';
import { refusal } from '../support/refusal.ts';

describe('a grid', () => {
  it('has a recipe for each pair, row by row', () => {
    const { columns, rows, recipes } = planGrid(
      plain,
      { field: 'steps', values: [1, 10, 25] },
      { field: 'truncation', values: [{ kind: 'none' }, { kind: 'topK', k: 3 }] },
    );
    expect(columns).toEqual(['one step', '10 steps', '25 steps']);
    expect(rows).toEqual(['no truncation', 'the best 3 codes']);
    expect(recipes).toEqual(
      [{ kind: 'none' }, { kind: 'topK', k: 3 }].flatMap((truncation) =>
        [1, 10, 25].map((steps) => ({ ...plain, steps, truncation })),
      ),
    );
  });

  it('changes words wherever they stand, on both axes', () => {
    const base = { ...plain, condition: { kind: 'text', text: 'red hat, red bow' } } as const;
    const { columns, rows, recipes } = planGrid(
      base,
      { field: 'words', find: 'red', values: ['red', '$&', ''] },
      { field: 'words', find: 'hat', values: ['hat', 'cap'] },
    );
    expect([columns, rows]).toEqual([
      ['red', '$&', '(nothing)'],
      ['hat', 'cap'],
    ]);
    expect(recipes.map(({ condition }) => condition.kind === 'text' && condition.text)).toEqual([
      'red hat, red bow',
      '$& hat, $& bow',
      ' hat,  bow',
      'red cap, red bow',
      '$& cap, $& bow',
      ' cap,  bow',
    ]);
  });

  it('avoids only where guidance looks at it', () => {
    const { recipes } = planGrid(avoiding, { field: 'guidance', values: [1, 2] }, null);
    expect(recipes).toEqual([
      { ...plain, guidance: 1 },
      { ...avoiding, guidance: 2 },
    ]);
  });

  it('of seeds labels them', () => {
    const { columns, rows } = planGrid(
      plain,
      { field: 'seed', values: [7, 8] },
      { field: 'guidance', values: [3] },
    );
    expect([columns, rows]).toEqual([['seed 7', 'seed 8'], ['guidance 3']]);
  });

  it('is refused where it cannot be', async () => {
    const refused = (columns: Axis, rows: Axis | null, base = plain) =>
      refusal(() => planGrid(base, columns, rows));
    const seeds: Axis = { field: 'seed', values: Array.from({ length: 129 }, (_, i) => i) };
    expect(await refused(seeds, { field: 'steps', values: [1, 2] })).toContain('258 pictures');
    expect(await refused(seeds, seeds)).toContain('Both axes change the seed');
    expect(await refused({ field: 'steps', values: [] }, null)).toContain('no values');
    const words = (find: string, ...values: string[]): Axis => ({ field: 'words', find, values });
    expect(await refused(words('man\u202e', 'x'), null)).toContain('does not hold “man\\u{202e}”');
    expect(await refused(words('', 'x'), null)).toContain('does not hold');
    expect(await refused(words('hat', 'x'), null, elaborate)).toContain('does not hold');
    // One puts in, or takes away, what the other looks for.
    expect(await refused(words('smiling', 'x'), words('woman', 'smiling man'))).toContain('Both axes');
    expect(await refused(words('smiling', 'x'), words('a smiling', 'an old'))).toContain('Both axes');
  });
});
