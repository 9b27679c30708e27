// Pictures that come of kept ones: from the gallery to the recipes that the engine is asked for.
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.ts';
import type { KeptPicture } from '../../src/gallery/picture.ts';
import { embeddingCondition } from '../../src/recipe/condition.ts';
import { checkRecipe } from '../../src/recipe/fit.ts';
import { decodeFree } from '../../src/recipe/start.ts';
import { titleOf } from '../../src/store/run.ts';
import type { Condition } from '../../src/types.ts';
import { microManifest, microRecipe, onWasm } from '../support/page.ts';
import { headOf } from '../support/pictures.ts';
import { ready, setUp, started } from '../support/readyPage.ts';
import { refusal } from '../support/refusal.ts';

const last = Int32Array.of(0, 4, 2, 1);
const kept: KeptPicture = {
  head: headOf(1, { prompt: 'a {smiling} woman' }),
  png: new Blob(),
  recipe: { ...microRecipe, arithmetic: 'half' },
  steps: { mask: 5, rows: [Int32Array.of(5, 5, 2, 5), last] },
};

describe('variations', () => {
  it('are four recipes of the picture’s prompt and settings, each from its tokens', async () => {
    const { actions, runs, state } = await ready();
    const job = actions.variationsOf(kept, 'strongly');
    void actions.makeRelated(job);
    await started();
    const { recipes } = runs[0];
    expect(recipes.map(({ seed }) => seed)).toEqual([1001, 1002, 1003, 1004]);
    for (const { start, seed, ...recipe } of recipes) {
      const { start: _, seed: __, ...own } = microRecipe;
      // In the precision that is open here.
      expect(recipe).toEqual(own);
      if (start.kind !== 'tokens') throw new Error('no tokens');
      const isFree = decodeFree(start.free, 4)!;
      expect(isFree.filter(Boolean)).toHaveLength(2);
      expect(start.tokens).toEqual([...last].map((token, i) => (isFree[i] ? 5 : token)));
      expect(() => checkRecipe({ ...recipe, start, seed }, microManifest)).not.toThrow();
    }
    // Its braces are no choices, back in the form.
    expect(state().runs[0].prompt).toBe('a \\{smiling\\} woman');
    expect(titleOf(state().runs[0])).toBe('a smiling woman');
  });

  it('wait in line while a run is on', async () => {
    const { actions, runs, state } = await ready();
    void actions.generate();
    await started();
    void actions.makeRelated(actions.variationsOf(kept, 'subtly'));
    expect(runs).toHaveLength(1);
    expect(state().line.waiting).toHaveLength(1);
  });
});

describe('branches', () => {
  it('are four recipes from the tokens of a step, which go on by seeds of their own', async () => {
    const { actions } = await ready();
    const rows = Array.from({ length: 10 }, (_, i) => Int32Array.of(0, i > 3 ? 4 : 5, 5, i > 8 ? 1 : 5));
    const { recipes, prompt } = actions.branchesOf({ ...kept, steps: { mask: 5, rows } }, 5);
    // Ten steps of a hundred timesteps: the sixth is at 49.
    const start = { kind: 'tokens', tokens: [0, 4, 5, 5], free: 'Dw==', timestep: 49 };
    expect(recipes).toEqual([1001, 1002, 1003, 1004].map((seed) => ({ ...microRecipe, start, seed })));
    expect(prompt).toBe('a \\{smiling\\} woman');
    for (const recipe of recipes) expect(() => checkRecipe(recipe, microManifest)).not.toThrow();
  });
});

describe('branches with other settings', () => {
  const rows = Array.from({ length: 10 }, () => Int32Array.of(0, 5, 5, 5));
  const { avoid: _, ...unguided } = microRecipe;
  const avoid = { kind: 'text', text: 'a hat' } as const;
  const avoiding = { ...kept, recipe: { ...microRecipe, guidance: 3, avoid }, steps: { mask: 5, rows } };

  it('take the new ones from that step on, under the new prompt', async () => {
    const { actions, runs, state } = await ready();
    const condition = { kind: 'text', text: 'a {red} hat' } as const;
    const job = actions.branchesOf(avoiding, 5, { condition, guidance: 4, steps: 20 });
    expect(job.recipes[0]).toMatchObject({
      condition,
      guidance: 4,
      steps: 20,
      avoid,
      start: { timestep: 49 },
    });
    for (const recipe of job.recipes) expect(() => checkRecipe(recipe, microManifest)).not.toThrow();
    void actions.makeRelated(job);
    await started();
    expect(runs[0].recipes).toEqual(job.recipes);
    expect(titleOf(state().runs[0])).toBe('a {red} hat');
    expect(job.prompt).toBe('a \\{red\\} hat');
  });

  it('avoid nothing where guidance is off', async () => {
    const { actions } = await ready();
    const { recipes } = actions.branchesOf(avoiding, 5, { guidance: 1 });
    expect(recipes[0]).toEqual({ ...unguided, guidance: 1, seed: 1001, start: recipes[0].start });
  });
});

describe('mends', () => {
  const chosen = [false, true, true, false];

  it('are four recipes with a part of the picture drawn again, under its prompt or another condition', async () => {
    const { actions } = await ready();
    const { recipes, prompt } = actions.mendsOf(kept, { chosen });
    const start = { kind: 'tokens', tokens: [0, 5, 5, 1], free: 'Bg==', timestep: 99 };
    expect(recipes).toEqual([1001, 1002, 1003, 1004].map((seed) => ({ ...microRecipe, start, seed })));
    expect(prompt).toBe('a \\{smiling\\} woman');
    const condition = { kind: 'text', text: 'a hat' } as const;
    for (const recipe of actions.mendsOf(kept, { chosen, condition }).recipes) {
      expect(recipe).toMatchObject({ condition, start });
      expect(() => checkRecipe(recipe, microManifest)).not.toThrow();
    }
    expect(await refusal(() => actions.mendsOf({ ...kept, steps: null }, { chosen }))).toContain('tokens');
  });
});

describe('a question about a picture', () => {
  const question = { kind: 'weigh', texts: ['a hat'] } as const;

  it('goes to the engine with its tokens, and can be called back', async () => {
    const { actions, studies } = await ready();
    const controller = new AbortController();
    const asked = actions.study(kept, question, controller.signal);
    expect(studies[0].question).toEqual({ ...question, tokens: last });
    controller.abort();
    expect(studies[0].signal.aborted).toBe(true);
    studies[0].resolve(Float32Array.of(0.5));
    expect([...(await asked)]).toEqual([0.5]);
    await expect(actions.study({ ...kept, steps: null }, question, controller.signal)).rejects.toThrow(
      'tokens',
    );
  });
});

describe('more like a picture', () => {
  it('are four new pictures of its embedding, all masked at first', async () => {
    const { actions, runs, embeds, state } = await ready();
    const asked = actions.moreLike({
      ...kept,
      recipe: { ...microRecipe, start: { kind: 'tokens', tokens: [0, 0, 0, 5], free: 'CA==', timestep: 9 } },
    });
    expect([...embeds[0].tokens]).toEqual([...last]);
    const embedding = Float32Array.of(0.6, 0, -0.8, 0) as Condition;
    embeds[0].resolve(embedding);
    void actions.makeRelated(await asked);
    await started();
    expect(runs[0].recipes).toEqual(
      [1001, 1002, 1003, 1004].map((seed) => ({
        ...microRecipe,
        condition: embeddingCondition(embedding),
        seed,
      })),
    );
    expect(titleOf(state().runs[0])).toBe('Like a picture');
  });

  it('opens the model again where the engine was lost over it', async () => {
    const { actions, embeds, opens } = await ready();
    const asked = actions.moreLike(kept);
    embeds[0].reject(new UserError('lost', 'The engine stopped.'));
    await expect(asked).rejects.toMatchObject({ code: 'lost' });
    expect(opens).toHaveLength(2);
  });

  it('says so where another model took its place', async () => {
    const { actions, embeds } = await ready();
    const asked = actions.moreLike(kept);
    embeds[0].reject(new DOMException('', 'AbortError'));
    expect(await refusal(() => asked)).toContain('Another model was opened');
  });
});

describe('a picture of which no others can come', () => {
  const refusedOf = async (change: Partial<KeptPicture>) => {
    const { actions } = await ready();
    const picture = { ...kept, ...change };
    const sentence = await refusal(() => actions.variationsOf(picture, 'clearly'));
    expect(await refusal(() => actions.moreLike(picture))).toBe(sentence);
    return sentence;
  };

  it('says why, in one sentence', async () => {
    expect(await refusedOf({ steps: null })).toContain('kept without its tokens');
    expect(await refusedOf({ recipe: null })).toContain('does not say how it was made');
    const model = (id: string, fingerprint: string | null) => ({
      recipe: { ...microRecipe, model: { id, fingerprint } },
    });
    expect(await refusedOf(model('other', null))).toContain('for the model “other”, and “micro” is open');
    expect(await refusedOf(model('micro', '0'.repeat(24)))).toContain('other weights of “micro”');
    const { actions } = await ready();
    const unfinished = { ...kept, steps: { mask: 5, rows: [Int32Array.of(5, 5, 2, 5)] } };
    expect(await refusal(() => actions.moreLike(unfinished))).toContain('not finished');
    expect(actions.variationsOf(unfinished, 'subtly').recipes).toHaveLength(4);
  });

  it('says so while no model is open', async () => {
    const { actions, opens } = setUp();
    const opening = actions.openPack('packs/other/', 'auto');
    expect(await refusal(() => actions.variationsOf(kept, 'subtly'))).toContain('No model is open yet');
    opens[0].resolve({ manifest: microManifest, device: onWasm });
    await opening;
    const job = actions.variationsOf(kept, 'subtly');
    void actions.openPack('packs/other/', 'auto');
    expect(await refusal(() => actions.makeRelated(job))).toContain('No model is open yet');
  });
});
