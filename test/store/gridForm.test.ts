import { describe, expect, it } from 'vitest';
import { type GridForm, gridPlan, suggestedValues } from '../../src/store/gridForm.ts';
import { promptOf } from '../../src/store/settings.ts';
import { imageEvent } from '../support/page.ts';
import { ready, started } from '../support/readyPage.ts';

const form = (columns: GridForm['columns'], rows: GridForm['rows'] = null): GridForm => ({ columns, rows });
const steps = { field: 'steps', text: '5, 10' } as const;
const words = { field: 'words', text: 'smiling, "old, grey"' } as const;

describe('a grid that is being planned', () => {
  it('has a recipe for each pair, of the form as it stands', async () => {
    const { actions, state } = await ready();
    actions.edit({ guidance: 3, candidates: 4, seed: '7', avoid: 'hat' });
    const plan = gridPlan(form(steps, words), state());
    if (plan?.kind !== 'job') throw new Error('It is no job.');
    const { grid, recipes } = plan.job;
    expect(grid).toEqual({ columns: ['5 steps', '10 steps'], rows: ['smiling', 'old, grey'] });
    expect(recipes.map((recipe) => [promptOf(recipe), recipe.steps])).toEqual([
      ['a smiling woman', 5],
      ['a smiling woman', 10],
      ['a old, grey woman', 5],
      ['a old, grey woman', 10],
    ]);
    for (const { seed, guidance, avoid } of recipes) {
      expect({ seed, guidance, avoid }).toEqual({
        seed: 7,
        guidance: 3,
        avoid: { kind: 'text', text: 'hat' },
      });
    }
  });

  it('says what is wrong, and with which axis', async () => {
    const { actions, state } = await ready();
    const complaint = (planned: GridForm) => {
      const plan = gridPlan(planned, state());
      return plan?.kind === 'complaint' ? `${plan.about}: ${plan.message}` : plan;
    };
    expect(complaint(form({ field: 'steps', text: 'x' }, words))).toContain('columns: “x” is no number');
    expect(complaint(form(steps, { field: 'words', text: 'blue, red' }))).toContain(
      'rows: The prompt does not hold “blue”',
    );
    expect(complaint(form(steps, steps))).toContain('grid: Both axes change the steps');
    expect(complaint(form(steps, { field: 'seed', text: '1-200' }))).toContain(
      'grid: That would be 400 pictures',
    );
    actions.edit({ prompt: 'a {red|blond} man' });
    expect(complaint(form(steps))).toContain('grid: The prompt has choices');
    actions.edit({ prompt: ' ' });
    expect(complaint(form(steps))).toContain('grid: Write a prompt first');
  });

  it('draws choices by chance once for all its cells', async () => {
    const { actions, state } = await ready();
    actions.edit({ prompt: '{?a|b|c|d|e|f|g}', seed: '1' });
    const plan = gridPlan(form({ field: 'seed', text: '1-9' }), state());
    expect(plan?.kind === 'job' && new Set(plan.job.recipes.map(promptOf)).size).toBe(1);
  });

  it('suggests values that can be', async () => {
    const { state } = await ready();
    for (const field of ['steps', 'guidance', 'truncation', 'seed'] as const) {
      const text = suggestedValues(field, state().draft, 100);
      const plan = gridPlan(form({ field, text }), state());
      expect(plan?.kind === 'job' && plan.job.recipes, field).toHaveLength(3);
    }
    expect(suggestedValues('seed', { ...state().draft, seed: '12x' }, 100)).toBe('1-3');
  });
});

describe('a grid that is run', () => {
  it('keeps its order whatever the scores, and takes the next seed after', async () => {
    const { actions, runs, state } = await ready();
    const plan = gridPlan(form(steps, { field: 'guidance', text: '1, 2' }), state());
    if (plan?.kind !== 'job') throw new Error('It is no job.');
    const done = actions.generateGrid(plan.job);
    await started();
    expect(runs[0].recipes).toEqual(plan.job.recipes);
    for (const [i, score] of [0.1, 0.9, 0.5, 0.7].entries()) runs[0].onEvent(imageEvent(i, score));
    runs[0].resolve({ cancelled: false });
    await done;
    const [run] = state().runs;
    expect(run.grid).toEqual(plan.job.grid);
    expect(run.candidates.map(({ picture }) => picture?.index)).toEqual([0, 1, 2, 3]);
    expect(state().draft.seed).toBe('1001');
    actions.takeSettings(run);
    expect(state().draft).toMatchObject({ prompt: 'a smiling woman', candidates: 1, steps: 5 });
  });
});
