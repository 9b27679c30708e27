// Recipes on their way into the page and out of it: from the form to the engine, from files and links to the form.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { recipeTexts } from '../../src/png/recipeTexts.ts';
import { encodePng } from '../../src/png/write.ts';
import { readRecipeFragment, recipeFragment } from '../../src/recipe/link.ts';
import { writeParameters } from '../../src/recipe/parameters.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { openedModel, openedObstacle } from '../../src/store/recipeActions.ts';
import { titleOf } from '../../src/store/run.ts';
import { draftOf, picturesAsked } from '../../src/store/settings.ts';
import { grey, imageEvent, microManifest, microRecipe, onWasm } from '../support/page.ts';
import { ready, setUp, started } from '../support/readyPage.ts';
import { elaborate } from '../support/recipes.ts';

const text = (words: string) => ({ kind: 'text', text: words }) as const;

async function pngOf(recipe: Recipe, name = 'hat.png'): Promise<File> {
  return new File([await encodePng(grey(1), recipeTexts(recipe, microManifest, 0.5))], name);
}

async function foreign(parameters: string): Promise<File> {
  return new File([await encodePng(grey(1), [{ keyword: 'parameters', text: parameters }])], 'other.png');
}

/** Of another form than the page's own, in every field that the form has. */
const own: Recipe = {
  ...microRecipe,
  condition: text('a {red|blond} \\ hat | "é"'),
  avoid: text('a beard'),
  seed: 77,
  steps: 7,
  guidance: 2.5,
  truncation: { kind: 'topK', k: 3 },
  sampler: 'authors-fast',
};

describe('the form', () => {
  it('makes one recipe for each choice of the prompt and each candidate', async () => {
    const { actions, runs, state } = await ready();
    actions.edit({ prompt: 'a {red|blue} hat', candidates: 2, seed: '5' });
    expect(picturesAsked(state().draft)).toBe(4);
    void actions.generate();
    await started();
    expect(runs[0].recipes).toEqual(
      ['a red hat', 'a blue hat'].flatMap((words) =>
        [5, 6].map((seed) => ({ ...microRecipe, condition: text(words), seed })),
      ),
    );
    expect(titleOf(state().runs[0])).toBe('a {red|blue} hat');
  });

  it('has what to avoid in every recipe, where there are words and guidance', async () => {
    const { actions, runs } = await ready();
    for (const [change, avoid] of [
      [{ avoid: ' a beard' }, text(' a beard')],
      [{ avoid: ' \n' }, undefined],
      [{ avoid: 'a beard', guidance: 1 }, undefined],
    ] as const) {
      actions.edit(change);
      const run = actions.generate();
      await started();
      expect(runs.at(-1)!.recipes.map((recipe) => recipe.avoid)).toEqual(Array(4).fill(avoid));
      runs.at(-1)!.resolve({ cancelled: true });
      await run;
    }
  });

  it.each([
    [
      'choices of more pictures than a run makes',
      '{a|b}{a|b}{a|b}{a|b}{a|b}{a|b}{a|b}',
      /would be 512 pictures/,
    ],
    ['choices too deep in one another', `${'{a|'.repeat(9)}b${'}'.repeat(9)}`, /8 deep in one another/],
    ['a prompt of a whole book', 'word '.repeat(2001), /has 10005 characters: shorten it to 10000/],
  ])('is not run with %s, and says so beside the prompt', async (_, prompt, message) => {
    const { actions, runs, state } = await ready();
    actions.edit({ prompt });
    await actions.generate();
    expect(runs).toHaveLength(0);
    expect(state().complaint).toEqual({ field: 'prompt', message: expect.stringMatching(message) });
  });

  it('gets a run of choices back as it was written', async () => {
    const { actions, runs, state } = await ready();
    actions.edit({ prompt: 'a {red|blue} hat', avoid: 'x', candidates: 3, seed: '5' });
    const before = state().draft;
    const run = actions.generate();
    await started();
    runs[0].onEvent(imageEvent(0, 0.4));
    runs[0].resolve({ cancelled: false });
    await run;
    actions.edit({ prompt: 'other', avoid: '', candidates: 1 });
    actions.takeSettings(state().runs[0]);
    expect(state().draft).toEqual(before);
  });
});

describe('a picture that is opened', () => {
  it('is in the form with all of it, and the form makes its very recipe again', async () => {
    const { actions, runs, state } = await ready();
    await actions.openPicture(await pngOf(own));
    expect(state().opened).toEqual({ name: 'hat.png', recipe: own, note: null });
    expect(state().draft).toMatchObject({ avoid: 'a beard', seed: '77', seedLocked: true, candidates: 1 });
    expect(state().announcement).toBe('The prompt and settings of “hat.png” are in the form.');
    expect(runs).toHaveLength(0);
    void actions.generate();
    await started();
    expect(runs[0].recipes).toEqual([own]);
    expect(state().opened).toBeNull();
  });

  it('may leave its seed', async () => {
    const { actions, state } = await ready();
    await actions.openPicture(await pngOf(own));
    actions.leaveSeed();
    expect(state().draft).toMatchObject({ seed: '1001', seedLocked: false, steps: 7, candidates: 4 });
    expect(state().opened).toBeNull();
  });

  it('is made again by its recipe, whatever the form says by then', async () => {
    const { actions, runs, state } = await ready();
    await actions.openPicture(await pngOf(own));
    actions.edit({ prompt: 'something else', steps: 1 });
    void actions.replay();
    await started();
    expect(runs[0].recipes).toEqual([own]);
    expect(titleOf(state().runs[0])).toBe('a {red|blond} \\ hat | "é"');
  });

  it('of version 1 is made again, with these weights written down', async () => {
    const { actions, runs, state } = await ready();
    await actions.openPicture(await pngOf({ ...own, model: { id: 'micro', fingerprint: null } }));
    expect(openedObstacle(state())).toBeNull();
    void actions.replay();
    await started();
    expect(runs[0].recipes).toEqual([own]);
  });

  it.each<[string, Partial<Recipe>, RegExp]>([
    ['another model', { model: { id: 'other', fingerprint: null } }, /for the model “other”/],
    ['other weights', { model: { id: 'micro', fingerprint: '0'.repeat(24) } }, /other weights of “micro”/],
    ['half precision', { arithmetic: 'half' }, /for half precision/],
  ])('is not made again with %s, which is said; its settings are in the form', async (_, change, message) => {
    const { actions, runs, state } = await ready();
    await actions.openPicture(await pngOf({ ...own, ...change }));
    expect(openedObstacle(state())).toMatch(message);
    await actions.replay();
    expect(runs).toHaveLength(0);
    void actions.generate();
    await started();
    expect(runs[0].recipes).toEqual([own]);
  });

  it('whose condition is no text leaves the prompt as it is, and is made again from its tokens all the same', async () => {
    const { actions, runs, state } = await ready();
    const recipe: Recipe = { ...elaborate, model: own.model, arithmetic: 'single' };
    await actions.openPicture(await pngOf(recipe));
    expect(state().draft).toMatchObject({ prompt: 'a smiling woman', seed: '4294967295', steps: 3 });
    expect(openedObstacle(state())).toBeNull();
    void actions.replay();
    await started();
    expect(runs[0].recipes).toEqual([recipe]);
    expect(titleOf(state().runs[0])).toBe('a hat');
  });

  it('of another built-in model opens that one with its settings, more steps than here and all', async () => {
    const { actions, opens, runs, state } = await ready();
    const portrait: Recipe = { ...own, model: { id: 'portraits', fingerprint: null }, steps: 150 };
    await actions.openPicture(await pngOf(portrait));
    expect(state().draft.steps).toBe(100);
    expect(openedModel(state())?.name).toBe('Portraits');
    void actions.openItsModel('models/portraits/');
    expect(opens[1].packUrl).toBe('https://example.org/app/models/portraits/');
    const manifest = { ...microManifest, id: 'portraits', timesteps: 200 };
    opens[1].resolve({ manifest, device: onWasm });
    await expect.poll(() => state().pack.kind).toBe('ready');
    expect(state().draft).toMatchObject({ steps: 150, guidance: 2.5, seed: '77' });
    expect(openedModel(state())).toBeNull();
    void actions.replay();
    await started();
    expect(runs[0].recipes[0]).toMatchObject({ steps: 150, model: { id: 'portraits' } });
  });

  it('of another tool gives what fits, and its seed stays when it has none', async () => {
    const { actions, state } = await ready();
    await actions.openPicture(
      await foreign('a {wide} hat\nNegative prompt: rain\nSteps: 900, Seed: 3, CFG scale: 30'),
    );
    expect(state().draft).toMatchObject({
      prompt: 'a \\{wide\\} hat',
      avoid: 'rain',
      steps: 100,
      seed: '3',
      seedLocked: true,
      guidance: 5,
      candidates: 4,
    });
    expect(state().opened).toMatchObject({ recipe: null, note: expect.stringContaining('A1111') });
    actions.edit({ seedLocked: false });
    await actions.openPicture(await foreign('a hat\nSteps: 9'));
    expect(state().draft).toMatchObject({ steps: 9, seed: '3', seedLocked: false, avoid: '' });
  });

  it.each<[string, () => Promise<File>, RegExp]>([
    ['no PNG', async () => new File([Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)], 'x.jpg'), /PNG/],
    [
      'a PNG without a word',
      async () => new File([await encodePng(grey(1), [])], 'x.png'),
      /carries no recipe/,
    ],
    [
      'a file of a gigabyte, unread',
      async () => {
        const file = new File([], 'x.png');
        Object.defineProperty(file, 'size', { value: 1e9 });
        file.arrayBuffer = () => expect.fail('it was read');
        return file;
      },
      /“x.png” has 1000 MB/,
    ],
  ])('and is %s says so in one sentence, and leaves the form', async (_, fileOf, message) => {
    const { actions, state } = await ready();
    const { draft } = state();
    await actions.openPicture(await fileOf());
    expect(state().runError).toMatchObject({ code: 'recipe', message: expect.stringMatching(message) });
    expect(state().draft).toEqual(draft);
    expect(state().opened).toBeNull();
  });

  it('of the first version of this page is as good', async () => {
    const { actions, state } = await ready();
    const bytes = readFileSync(new URL('../png/page.v1.png', import.meta.url));
    await actions.openPicture(new File([bytes], 'page.v1.png'));
    expect(state().draft).toMatchObject({
      prompt: 'a smiling man with a beard, éyes „wide“ open 顔',
      seed: '1457044182',
    });
    // The model that made it came with the page then.
    expect(openedObstacle(state())).toMatch(/“toon”, which is not built in any more: bring it as a pack/);
    expect(openedModel(state())).toBeNull();
  });
});

describe('a pasted text', () => {
  it('fills the form where a line of settings follows the prompt', async () => {
    const { actions, state } = await ready();
    const text = writeParameters(own, microManifest.image)!;
    expect(actions.openText(text)).toBe(true);
    expect(state().draft).toMatchObject({
      prompt: draftOf(own).prompt,
      seed: '77',
      steps: 7,
      guidance: 2.5,
    });
    expect(state().opened).toMatchObject({ name: 'pasted text', recipe: null });
  });

  it.each(['', 'a man\nSteps: many', 'Steps: 5, Seed: 7', 'a man with Steps: 5'])(
    'is a text like any other without both: %j',
    async (text) => {
      const { actions, state } = await ready();
      expect(actions.openText(text)).toBe(false);
      expect(state()).toMatchObject({ opened: null, draft: { prompt: 'a smiling woman' } });
    },
  );
});

describe('a link', () => {
  it('goes out with its model and comes in with the recipe, which does not run', async () => {
    const { actions, copied, runs, state } = await ready();
    expect(await actions.copyLink(own, 'models/micro/')).toBe(true);
    const url = new URL(copied[0]);
    expect(url.href.split('#')[0]).toBe('https://example.org/app/?pack=models%2Fmicro%2F');
    expect(readRecipeFragment(url.hash)).toEqual(own);
    expect(actions.openLink(url.hash)).toBe(true);
    expect(state().opened).toEqual({ name: null, recipe: own, note: null });
    expect(state().draft).toMatchObject({ seed: '77', steps: 7 });
    expect(runs).toHaveLength(0);
  });

  it('of a model of one’s own names no address that others do not have', async () => {
    const { actions, copied } = await ready();
    await actions.copyLink(own, 'own:mine');
    expect(copied[0].split('#')[0]).toBe('https://example.org/app/');
  });

  it('that is opened before its model is keeps its settings when that arrives', async () => {
    const { actions, opens, state } = setUp();
    const opened = actions.openPack('models/micro/', 'auto');
    actions.openLink(recipeFragment({ ...own, steps: 150 }));
    opens[0].resolve({ manifest: microManifest, device: onWasm });
    await opened;
    expect(state().draft).toMatchObject({ steps: 100, guidance: 2.5, candidates: 1 });
    expect(openedObstacle(state())).toBeNull();
  });

  it('without a recipe is none, and one that is damaged says so', async () => {
    const { actions, state } = await ready();
    expect(actions.openLink('')).toBe(false);
    expect(actions.openLink('#gallery')).toBe(false);
    expect(state().runError).toBeNull();
    expect(actions.openLink(recipeFragment(own).slice(0, -9))).toBe(true);
    expect(state().runError).toMatchObject({ code: 'recipe', message: expect.stringContaining('link') });
  });

  it('that the browser does not take says so', async () => {
    const { actions, state } = setUp({ copyText: () => Promise.reject(new Error('Denied.')) });
    expect(await actions.copyLink(own, 'models/micro/')).toBe(false);
    expect(state().runError?.message).toContain('clipboard');
  });
});
