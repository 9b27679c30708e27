import { describe, expect, it } from 'vitest';
import { migrations } from '../../src/recipe/migrate.ts';
import { readRecipeText } from '../../src/recipe/read.ts';
import { RECIPE_VERSION } from '../../src/recipe/recipe.ts';
import { plain } from '../support/recipes.ts';
import { refusal } from '../support/refusal.ts';

/** What the page wrote into its files. */
const settings = {
  model: 'micro',
  prompt: 'a smiling woman',
  seed: 42,
  steps: 10,
  guidance: 1.15,
  truncation: { kind: 'topR', r: 0.85 },
  candidates: 1,
  sampler: 'exact',
  score: 0.71,
};
const read = (json: unknown) => readRecipeText(JSON.stringify(json));

describe('migrations', () => {
  it('lead from every version to the next, up to this one, and say why', () => {
    expect(migrations.map(({ from }) => from)).toEqual(
      Array.from({ length: RECIPE_VERSION - 1 }, (_, i) => i + 1),
    );
    for (const { title, reason } of migrations)
      expect([title, reason].every((text) => text.length > 20)).toBe(true);
  });

  it('make a recipe of the settings of version 1', () => {
    const recipe = { ...plain, model: { id: 'micro', fingerprint: null } };
    expect(read(settings)).toEqual(recipe);
    expect(read({ ...settings, arithmetic: 'half' })).toEqual({ ...recipe, arithmetic: 'half' });
    const { model: _, candidates: __, ...short } = settings;
    expect(read({ ...short, pack: 'micro 1a2b3c4d' })).toEqual(recipe);
  });

  it('draw nothing once more of what version 2 said', async () => {
    const { redraw: _, ...older } = { ...plain, version: 2 };
    expect(read(older)).toEqual(plain);
    // It came with version 3.
    expect(await refusal(() => read({ ...older, redraw: 0.1, sampler: 'x' }))).toContain('sampler');
    expect(await refusal(() => read({ ...plain, redraw: undefined }))).toContain('redraw');
    expect(await refusal(() => read({ ...plain, redraw: 1.5 }))).toContain('redraw');
  });

  it('draw in one look what version 3 drew in one', async () => {
    const older = { ...plain, version: 3 };
    expect(read({ ...older, redraw: 0.1 })).toEqual({ ...plain, redraw: 0.1 });
    expect(read({ ...older, redraw: 0.25 })).toEqual({ ...plain, redraw: 0.25, looks: 1 });
    expect(await refusal(() => read({ ...older, redraw: undefined }))).toContain('redraw');
    expect(await refusal(() => read({ ...plain, redraw: 0.25, looks: 2 }))).toContain('looks');
    expect(await refusal(() => read({ ...plain, redraw: 0.1, looks: 1 }))).toContain('looks');
  });

  it('lose nothing of it without a word', async () => {
    for (const [field, value] of Object.entries({
      candidates: 4,
      score: 'high',
      arithmetic: null,
      sampler: undefined,
      prompt: '  ',
      model: 7,
      strength: 1,
      __proto__x: 1,
    })) {
      const message = await refusal(() => read({ ...settings, [field]: value }));
      const told = { prompt: 'condition.text', model: 'model.id' }[field] ?? field;
      expect(message).toContain(told);
    }
    // What came with version 2 is no part of version 1.
    for (const field of ['condition', 'avoid', 'start']) {
      expect(await refusal(() => read({ ...settings, [field]: {} }))).toContain('version is missing');
    }
  });

  it('do not guess at versions to come, nor at what is no version', async () => {
    const newer = await refusal(() => read({ ...plain, version: RECIPE_VERSION + 1, dream: true }));
    expect(newer).toBe(
      'This recipe cannot be used: it has version 5, and this page reads up to 4. Reload the page to get a newer one.',
    );
    for (const version of [0, -1, 1.5, '2', null, {}]) {
      expect(await refusal(() => read({ ...plain, version }))).toContain('version is no whole number');
    }
    expect(await refusal(() => read({ ...plain, version: 1e300 }))).toContain('newer');
  });
});
