import { describe, expect, it, vi } from 'vitest';
import { UserError } from '../../src/errors.ts';
import type { Head, NewPicture } from '../../src/gallery/picture.ts';
import { readRecipe } from '../../src/png/readRecipe.ts';
import { keepPictures } from '../../src/store/keepPictures.ts';
import { allKept, createKeptStore, idsAround, idsOfRuns } from '../../src/store/kept.ts';
import { imageEvent, microRecipe, stepEvent } from '../support/page.ts';
import { headOf } from '../support/pictures.ts';
import { ready, started } from '../support/readyPage.ts';

/** A page whose gallery takes pictures as `answer` does. */
async function keepingPage(answer: (picture: NewPicture) => void = () => {}) {
  const page = await ready();
  const taken: NewPicture[] = [];
  const gallery = {
    async keep(picture: NewPicture, onWritten?: (head: Head) => void) {
      answer(picture);
      taken.push(picture);
      const head = headOf(taken.length);
      onWritten?.(head);
      return head;
    },
  };
  const kept = createKeptStore(new Promise(() => {}));
  keepPictures(page.store, kept, Promise.resolve(gallery));
  return { ...page, kept, taken };
}

describe('finished pictures', () => {
  it('are kept in their order, each with its recipe and the tokens of its own steps', async () => {
    const { actions, runs, kept, taken, state } = await keepingPage();
    actions.edit({ steps: 2, candidates: 2 });
    const run = actions.generate();
    await started();
    const step = (n: number, tokens: number[]) => {
      const event = stepEvent(n, 2, 0, 2);
      if (event.type === 'step') event.progress.tokens.set(tokens);
      return event;
    };
    runs[0].onEvent(step(1, [5, 1, 5, 5, 2, 5, 5, 5]));
    runs[0].onEvent(step(2, [3, 1, 0, 4, 2, 0, 1, 2]));
    runs[0].onEvent(imageEvent(0, 0.2));
    runs[0].onEvent(imageEvent(1, 0.7));
    runs[0].resolve({ cancelled: false });
    await run;
    await expect.poll(() => taken).toHaveLength(2);
    expect(taken.map(({ recipe, score }) => [recipe.seed, score])).toEqual([
      [1000, 0.2],
      [1001, 0.7],
    ]);
    expect(taken[1].steps).toEqual({
      mask: 5,
      rows: [Int32Array.of(2, 5, 5, 5), Int32Array.of(2, 0, 1, 2)],
    });
    // Not views of the whole batch's array, which would be kept with them.
    expect(taken[1].steps?.rows[0].buffer.byteLength).toBe(16);
    const file = new Uint8Array(await taken[1].png.arrayBuffer());
    expect(await readRecipe(file)).toMatchObject({ recipe: taken[1].recipe });
    await expect.poll(() => allKept(state().runs, kept.getState().ids)).toBe(true);
    expect(idsOfRuns(state().runs, kept.getState().ids)).toEqual([headOf(2).id, headOf(1).id]);
    actions.clearGallery();
    expect(idsOfRuns(state().runs, kept.getState().ids)).toEqual([]);
  });

  it('join those that the viewer goes through, though it was opened before they came', async () => {
    const { actions, runs, kept, state } = await keepingPage();
    actions.edit({ steps: 2, candidates: 2 });
    const run = actions.generate();
    await started();
    const around = () =>
      idsAround({ id: headOf(1).id, ids: [headOf(1).id] }, state().runs, kept.getState().ids);
    runs[0].onEvent(imageEvent(0, 0.2));
    await expect.poll(() => kept.getState().ids.size).toBe(1);
    expect(around()).toEqual([headOf(1).id]);
    runs[0].onEvent(imageEvent(1, 0.7));
    runs[0].resolve({ cancelled: false });
    await run;
    // The better one first, as on the page.
    await expect.poll(around).toEqual([headOf(2).id, headOf(1).id]);
    const elsewhere = { id: 'earlier', ids: ['earlier', 'still earlier'] };
    expect(idsAround(elsewhere, state().runs, kept.getState().ids)).toEqual(elsewhere.ids);
  });

  it('of a film know their places in it, and no others do', async () => {
    const { actions, runs, taken } = await keepingPage();
    const recipes = [1, 2].map((seed) => ({ ...microRecipe, seed }));
    const grid = { columns: ['0 %', '100 %'], rows: [''] };
    for (const film of [{ inTurn: true }, {}] as const) {
      const before = runs.length;
      const done = actions.makeRelated({ prompt: 'a hat', recipes, grid, ...film });
      for (let call = before; call < before + ('inTurn' in film ? 2 : 1); call++) {
        await vi.waitFor(() => expect(runs.length).toBeGreaterThan(call));
        for (const [i] of runs[call].recipes.entries()) runs[call].onEvent(imageEvent(i, 0.5));
        runs[call].resolve({ cancelled: false });
      }
      await done;
    }
    await expect.poll(() => taken).toHaveLength(4);
    const [first, second, ...others] = taken.map(({ film }) => film);
    expect(first).toEqual({ id: expect.stringMatching(/^[0-9a-f]{32}$/), frame: 0, frames: 2 });
    expect(second).toEqual({ ...first, frame: 1 });
    expect(others).toEqual([null, null]);
  });

  it('that cannot be kept stay in their run, and it is said once', async () => {
    const told: string[] = [];
    const { store, actions, runs, kept, taken, state } = await keepingPage(({ recipe }) => {
      if (recipe.seed !== 1002) throw new UserError('storage', `The disk is full for ${recipe.seed}.`);
    });
    store.subscribe(({ runError }, before) => {
      if (runError && runError !== before.runError) told.push(runError.message);
    });
    const run = actions.generate();
    await started();
    for (let i = 0; i < 4; i++) runs[0].onEvent(imageEvent(i, 0.1 * i));
    runs[0].resolve({ cancelled: false });
    await run;
    await expect.poll(() => taken).toHaveLength(1);
    await expect.poll(() => kept.getState().ids.size).toBe(1);
    expect(told).toEqual(['The disk is full for 1000.']);
    expect(state().runs[0].candidates.every(({ picture }) => picture)).toBe(true);
    expect(allKept(state().runs, kept.getState().ids)).toBe(false);
  });
});
