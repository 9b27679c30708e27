// One thing of a kept picture changed: the recipes that the engine is asked for, and what is refused.
import { describe, expect, it } from 'vitest';
import type { KeptPicture } from '../../src/gallery/picture.ts';
import { embeddingCondition } from '../../src/recipe/condition.ts';
import { qualities } from '../../src/recipe/push.ts';
import { titleOf } from '../../src/store/run.ts';
import { microRecipe } from '../support/page.ts';
import { headOf } from '../support/pictures.ts';
import { ready, setUp } from '../support/readyPage.ts';
import { refusal } from '../support/refusal.ts';

const prompt = 'a woman, red hair, a hat';
const recipe = {
  ...microRecipe,
  condition: { kind: 'text', text: prompt } as const,
  arithmetic: 'half' as const,
};
const kept: KeptPicture = { head: headOf(1, { prompt }), png: new Blob(), recipe, steps: null };
const groups = [{ name: 'hair colour', phrases: ['red hair', 'blond hair', 'black hair'] }];

/** A page whose model names its phrases. */
async function readyWithPhrases() {
  const page = await ready();
  page.store.setState(({ manifest }) => ({
    manifest: manifest && { ...manifest, vocabulary: { words: [], groups } },
  }));
  return page;
}

describe('a quality', () => {
  it('is pushed from little to much in seven labelled pictures of one seed, in the precision open here', async () => {
    const { actions } = await ready();
    const { recipes, grid } = actions.pushesOf(kept, qualities[0]);
    expect(grid).toEqual({
      columns: ['smile −2', 'smile −1', 'smile −0.5', 'as it is', 'smile +0.5', 'smile +1', 'smile +2'],
      rows: [''],
    });
    expect(recipes[3]).toEqual({ ...recipe, arithmetic: 'single' });
    expect(new Set(recipes.map(({ seed }) => seed)).size).toBe(1);
    expect(new Set(recipes.map(({ condition }) => JSON.stringify(condition))).size).toBe(7);
    expect(titleOf({ prompt, recipes })).toBe(prompt);
  });

  it('needs both of its ends, a recipe, and a model', async () => {
    const { actions } = await ready();
    const own = { name: 'old', from: ' ', to: 'an old man' };
    expect(await refusal(() => actions.pushesOf(kept, own))).toMatch(/both ends/);
    expect(await refusal(() => actions.pushesOf({ ...kept, recipe: null }, qualities[0]))).toMatch(
      /how it was made/,
    );
    expect(await refusal(() => setUp().actions.pushesOf(kept, qualities[0]))).toMatch(/No model is open/);
  });
});

describe('trying each phrase', () => {
  it('puts each in the place of what the prompt says of that, and leaves the one that is there', async () => {
    const { actions } = await readyWithPhrases();
    const { recipes, grid } = actions.triesOf(kept, 'hair colour');
    expect(grid?.columns).toEqual(groups[0].phrases);
    expect(recipes.map(({ condition }) => condition.kind === 'text' && condition.text)).toEqual([
      'a woman, red hair, a hat',
      'a woman, blond hair, a hat',
      'a woman, black hair, a hat',
    ]);
    expect(new Set(recipes.map(({ seed }) => seed)).size).toBe(1);
  });

  it('needs a prompt and a group', async () => {
    const { actions } = await readyWithPhrases();
    const wordless = {
      ...kept,
      recipe: { ...recipe, condition: embeddingCondition(Float32Array.of(1, 0, 0, 0)) },
    };
    expect(await refusal(() => actions.triesOf(wordless, 'hair colour'))).toMatch(/no prompt/);
    expect(await refusal(() => actions.triesOf(kept, 'hats'))).toMatch(/no such group/);
  });
});

describe('a morph', () => {
  it('goes from one picture to another in nine labelled ones, whose ends are what the two show', async () => {
    const { actions } = await ready();
    const old = { kind: 'text', text: 'an old man' } as const;
    const other = { ...kept, recipe: { ...recipe, seed: 7, condition: old } };
    const { recipes, grid } = actions.morphOf(kept, other);
    expect(recipes).toHaveLength(9);
    expect([recipes[0].condition, recipes[8].condition]).toEqual([recipe.condition, old]);
    expect(new Set(recipes.map(({ seed }) => seed))).toEqual(new Set([recipe.seed]));
    expect(grid?.columns.slice(3, 6)).toEqual(['38 %', '50 %', '63 %']);
    expect(titleOf({ prompt, recipes })).toBe(`${prompt} → an old man`);
    expect(await refusal(() => actions.morphOf(kept, { ...other, recipe: null }))).toMatch(/how it was made/);
  });
});
