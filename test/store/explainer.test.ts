// What the explainer asks the engine, when, and that the page's own runs go first.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../src/errors.ts';
import type { StepLook } from '../../src/events.ts';
import { explainedPrompt, explainedRecipes, explainedValues } from '../../src/store/explained.ts';
import { createExplainer } from '../../src/store/explainer.ts';
import { choiceKey } from '../../src/store/tileChoices.ts';
import { grey, imageEvent, microManifest, stepEvent } from '../support/page.ts';
import { ready } from '../support/readyPage.ts';

/** Of 2 x 2 tokens and five codes; the page's draft gives its words. */
async function explaining(prompt = '') {
  const page = await ready();
  if (prompt) page.actions.edit({ prompt });
  const explainer = createExplainer(page.store, {
    client: page.client,
    randomSeed: () => 99,
    now: () => 0,
    reopenPack: async () => {},
  });
  const state = () => explainer.store.getState();
  const figure = (name: 'way' | 'guidance' | 'truncation' | 'steps') => state().figures[name];
  const settle = () => vi.advanceTimersByTimeAsync(200);
  return { ...page, explainer, state, figure, settle };
}

const look: StepLook = {
  image: grey(3),
  confidence: Float32Array.of(1, 1, 1, 1),
  likeliest: {
    count: 2,
    codes: Int32Array.of(0, 4, 0, 4, 0, 4, 2, 0),
    probabilities: Float32Array.of(0.6, 0.3, 0.6, 0.3, 0.6, 0.3, 0.5, 0.4),
  },
};

describe('what the explainer makes', () => {
  const parts = async () => {
    const { store } = await ready();
    const { draft, manifest, model } = store.getState();
    return { draft, manifest: manifest!, model: model! };
  };

  it('differs in one number alone', async () => {
    const { draft, manifest, model } = await parts();
    const asked = {
      prompt: 'a {hat}',
      seed: 5,
      draft: { ...draft, avoid: 'a beard', candidates: 9, guidance: 4 },
    };
    for (const name of ['guidance', 'steps'] as const) {
      const recipes = explainedRecipes(name, asked, manifest, model, 'single');
      expect(recipes.map((recipe) => recipe[name])).toEqual(explainedValues[name]);
      const others = recipes.map((recipe) => JSON.stringify({ ...recipe, [name]: 0 }));
      expect(new Set(others).size).toBe(1);
    }
    const [first, ...rest] = explainedRecipes('truncation', asked, manifest, model, 'single');
    expect(rest.at(-1)?.truncation).toEqual({ kind: 'none' });
    expect(first).toMatchObject({ seed: 5, condition: { kind: 'text', text: 'a {hat}' }, guidance: 1.15 });
    expect(first.avoid).toBeUndefined();
  });

  it('takes no more steps than the model has', async () => {
    const { draft, manifest, model } = await parts();
    const recipes = explainedRecipes(
      'steps',
      { prompt: 'a', seed: 1, draft },
      { ...manifest, timesteps: 10 },
      model,
      'single',
    );
    expect(recipes.map(({ steps }) => steps)).toEqual([1, 3, 6, 10, 10]);
  });

  it('begins with the form’s own words, and with an example where they are none or several', async () => {
    const { draft } = await parts();
    const of = (prompt: string) => explainedPrompt({ ...draft, prompt }, microManifest);
    expect(of(' a man ')).toBe('a man');
    expect(of('')).toBe('a smiling woman');
    expect(of('{red|blond} hair')).toBe('a smiling woman');
    expect(of('a'.repeat(20_000))).toBe('a smiling woman');
  });
});

describe('the explainer', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('makes nothing by itself, and a row when it is asked, which is not in the gallery', async () => {
    const { explainer, runs, figure, settle, store } = await explaining();
    await settle();
    expect(runs).toHaveLength(0);
    explainer.show('guidance');
    explainer.show('guidance');
    await settle();
    expect(runs.map(({ recipes }) => recipes.map(({ guidance }) => guidance))).toEqual([[0, 1, 2, 3, 5]]);
    runs[0].onEvent(stepEvent(1, 2, 0, 1));
    expect(figure('guidance').run?.candidates[0].tokens).toHaveLength(4);
    for (let i = 0; i < 5; i++) runs[0].onEvent(imageEvent(i, 0.5));
    runs[0].resolve({ cancelled: false });
    await settle();
    expect(figure('guidance')).toMatchObject({ status: 'done', problem: null, times: [0, 0, 0, 0, 0] });
    expect(store.getState().runs).toEqual([]);
  });

  it('makes one figure after the other, and stops the one that is meant', async () => {
    const { explainer, runs, figure, settle } = await explaining();
    explainer.show('guidance');
    explainer.show('steps');
    await settle();
    expect(runs).toHaveLength(1);
    expect([figure('guidance').status, figure('steps').status]).toEqual(['running', 'waiting']);
    explainer.stop('guidance');
    expect(runs[0].signal.aborted).toBe(true);
    runs[0].resolve({ cancelled: true });
    await settle();
    expect([figure('guidance').status, figure('steps').status]).toEqual(['idle', 'running']);
    expect(runs[1].recipes.map(({ steps }) => steps)).toEqual(explainedValues.steps);
  });

  it('lets one go that waited for its turn', async () => {
    const { explainer, runs, figure, settle } = await explaining();
    explainer.show('guidance');
    explainer.show('steps');
    await settle();
    explainer.stop('steps');
    runs[0].resolve({ cancelled: false });
    await settle();
    expect([figure('guidance').status, figure('steps').status]).toEqual(['done', 'idle']);
    expect(runs).toHaveLength(1);
    explainer.show('steps');
    await settle();
    expect(figure('steps').status).toBe('running');
  });

  it('waits for a run of the page, stops for one that begins, and begins again after it', async () => {
    const { explainer, runs, figure, settle, actions } = await explaining('a hat');
    void actions.generate();
    await settle();
    explainer.show('truncation');
    await settle();
    expect(runs).toHaveLength(1);
    expect(figure('truncation').status).toBe('waiting');
    runs[0].resolve({ cancelled: false });
    await settle();
    expect(runs).toHaveLength(2);
    runs[1].onEvent(imageEvent(0, 0.5));
    void actions.generate();
    await settle();
    expect(runs[1].signal.aborted).toBe(true);
    runs[1].resolve({ cancelled: true });
    await settle();
    expect(figure('truncation').status).toBe('waiting');
    runs[2].resolve({ cancelled: false });
    await settle();
    expect(runs[3].recipes).toEqual(runs[1].recipes);
    expect(figure('truncation').run?.candidates.every(({ picture }) => picture === null)).toBe(true);
  });

  /** The way, with two steps: token 3 is hidden after the first. */
  async function onTheWay() {
    const page = await explaining();
    const { explainer, runs, looks, settle } = page;
    explainer.show('way');
    await settle();
    const first = stepEvent(1, 2, 0, 1);
    if (first.type === 'step') first.progress.tokens[3] = 5;
    runs[0].onEvent(first);
    runs[0].onEvent(stepEvent(2, 2, 0, 1));
    runs[0].onEvent(imageEvent(0, 0.5));
    runs[0].resolve({ cancelled: false });
    await settle();
    looks[0].resolve(look);
    await settle();
    looks[1].resolve(look);
    await settle();
    return page;
  }

  it('looks at each step of the way, with the tokens that it saw', async () => {
    const { looks, state, figure } = await onTheWay();
    expect(looks.map(({ step, draw }) => [step.step, draw])).toEqual([
      [1, true],
      [2, true],
    ]);
    expect([...looks[0].step.before]).toEqual([5, 5, 5, 5]);
    expect([...looks[1].step.before]).toEqual([0, 0, 0, 5]);
    expect([...state().looks.keys()]).toEqual([1, 2]);
    expect(figure('way').status).toBe('done');
  });

  it('draws a token’s choices in its place, but for the one that is seen anyway', async () => {
    const { explainer, draws, state, settle } = await onTheWay();
    explainer.choose({ step: 1, position: 0 });
    // Passed over on the way to the one that is meant.
    explainer.choose({ step: 1, position: 3 });
    await settle();
    expect(draws.map(({ tokens }) => [...tokens])).toEqual([[0, 0, 0, 0]]);
    draws[0].resolve(grey(9));
    await settle();
    expect(state().crops.get(choiceKey(1, 3, 2))?.data[0]).toBe(3);
    expect(state().crops.get(choiceKey(1, 3, 0))?.data[0]).toBe(9);
    // What is there is not drawn again.
    explainer.choose({ step: 1, position: 3 });
    await settle();
    expect(draws).toHaveLength(1);
  });

  it('lets all go with other words, and says what went wrong', async () => {
    const { explainer, runs, state, figure, settle } = await onTheWay();
    explainer.show('steps');
    await settle();
    runs[1].reject(new UserError('device', 'The graphics card is gone.'));
    await settle();
    expect(figure('steps')).toMatchObject({ status: 'idle', problem: 'The graphics card is gone.' });
    explainer.show('steps');
    await settle();
    explainer.write('a beard');
    expect(runs[2].signal.aborted).toBe(true);
    expect(state()).toMatchObject({ prompt: 'a beard', trail: null });
    expect([state().looks.size, figure('way').run, figure('steps').status]).toEqual([0, null, 'idle']);
    runs[2].resolve({ cancelled: true });
    explainer.reseed();
    explainer.show('way');
    await settle();
    expect(runs[3].recipes).toMatchObject([{ seed: 99, condition: { text: 'a beard' } }]);
  });
});
