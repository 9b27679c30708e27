// Which steps the engine is asked to look at, and when.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../src/errors.ts';
import type { StepLook } from '../../src/events.ts';
import type { KeptState } from '../../src/store/kept.ts';
import type { Watchable } from '../../src/store/watchActions.ts';
import { freshGallery, keptPage } from '../support/kept.ts';
import { imageEvent, microManifest, microRecipe, onWasm } from '../support/page.ts';
import { ready, started } from '../support/readyPage.ts';

const rows = Array.from({ length: 10 }, (_, i) => Int32Array.of(0, i > 3 ? 4 : 5, 5, i > 8 ? 1 : 5));
const picture: Watchable = { id: 'a', recipe: microRecipe, steps: { mask: 5, rows } };
const look: StepLook = {
  image: { width: 1, height: 1, data: new Uint8ClampedArray(4) },
  confidence: Float32Array.of(1, 1, 1, 1),
};
const drawn = (step: number) => ({ step, draw: true });

async function watching(of: Watchable = picture) {
  const page = await ready();
  const kept = keptPage(page.store, page.actions, freshGallery());
  kept.actions.watch(of);
  const watched = () => kept.store.getState().watched as NonNullable<KeptState['watched']>;
  const asked = () => page.looks.map(({ step, draw }) => [step.step, draw]);
  /** Until everything that is due has happened. */
  const settle = () => vi.advanceTimersByTimeAsync(150);
  return { ...page, kept, watched, asked, settle };
}

describe('looking at steps', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('waits until the slider rests, asks for one at a time, and then for what is wished by then', async () => {
    const { kept, looks, asked, settle, watched } = await watching();
    for (const step of [9, 8, 7]) {
      kept.actions.wish([drawn(step)]);
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(asked()).toEqual([]);
    await settle();
    expect(asked()).toEqual([[7, true]]);
    expect(watched().waits).toBe('look');
    for (const step of [6, 2]) {
      kept.actions.wish([drawn(step), drawn(step + 1)]);
      await settle();
    }
    expect(asked()).toEqual([[7, true]]);
    looks[0].resolve(look);
    await settle();
    looks[1].resolve(look);
    await settle();
    expect(asked()).toEqual([
      [7, true],
      [2, true],
      [3, true],
    ]);
    looks[2].resolve(look);
    await settle();
    expect([...watched().frames.keys()].sort()).toEqual([2, 3, 7]);
    expect(watched().waits).toBeNull();
    // What is there is not asked for again.
    kept.actions.wish([drawn(3), { step: 7, draw: false }]);
    await settle();
    expect(looks).toHaveLength(3);
  });

  it('asks with the tokens before and after the step, in the precision that is open', async () => {
    const { kept, looks, settle } = await watching({
      ...picture,
      recipe: { ...microRecipe, arithmetic: 'half' },
    });
    kept.actions.wish([drawn(5)]);
    await settle();
    expect(looks[0].step).toEqual({ recipe: microRecipe, step: 5, before: rows[3], after: rows[4] });
  });

  it('asks nothing while a run has the engine, and goes on by itself when it ends', async () => {
    const { kept, actions, runs, asked, settle, watched } = await watching();
    actions.edit({ candidates: 1 });
    void actions.generate();
    await started();
    kept.actions.wish([drawn(4)]);
    await settle();
    expect(asked()).toEqual([]);
    expect(watched().waits).toBe('run');
    runs[0].onEvent(imageEvent(0, 0.5));
    runs[0].resolve({ cancelled: false });
    await settle();
    expect(asked()).toEqual([[4, true]]);
    expect(watched().waits).toBe('look');
  });

  it('lets a run begin after the look that is on, and no other', async () => {
    const { kept, actions, runs, looks, asked, settle, watched } = await watching();
    kept.actions.wish([drawn(4), drawn(5)]);
    await settle();
    void actions.generate();
    await started();
    expect(runs).toHaveLength(1);
    looks[0].resolve(look);
    await settle();
    expect(asked()).toEqual([[4, true]]);
    expect([...watched().frames.keys()]).toEqual([4]);
    expect(watched().waits).toBe('run');
  });

  it('says why it cannot be, once, and tries again with another model', async () => {
    const { kept, actions, opens, looks, settle, watched } = await watching();
    kept.actions.wish([drawn(4), drawn(5)]);
    await settle();
    looks[0].reject(new UserError('recipe', 'These are not its steps.'));
    await settle();
    expect(watched()).toMatchObject({ waits: null, problem: 'These are not its steps.' });
    kept.actions.wish([drawn(5)]);
    await settle();
    expect(looks).toHaveLength(1);
    void actions.openPack('models/other/', 'auto');
    await settle();
    expect(watched().problem).toMatch(/^No model is open yet/);
    opens[1].resolve({ manifest: microManifest, device: onWasm });
    await settle();
    expect(looks).toHaveLength(2);
    expect(watched().problem).toBeNull();
  });

  it('does not try again what took the engine down, until another step is wished', async () => {
    const { kept, opens, looks, settle, watched } = await watching();
    kept.actions.wish([drawn(4), drawn(5)]);
    await settle();
    looks[0].reject(new UserError('lost', 'The engine stopped.'));
    await settle();
    // The model is opened again by itself.
    opens[1].resolve({ manifest: microManifest, device: onWasm });
    await settle();
    expect(looks).toHaveLength(1);
    expect(watched().problem).toBe('The engine stopped.');
    kept.actions.wish([drawn(5)]);
    expect(watched().problem).toBeNull();
    await settle();
    expect(looks).toHaveLength(2);
  });

  it('forgets one picture for the next, an answer that comes too late too', async () => {
    const { kept, looks, settle, watched } = await watching();
    kept.actions.wish([drawn(4)]);
    await settle();
    kept.actions.watch({ ...picture, id: 'b' });
    looks[0].resolve(look);
    await settle();
    expect(watched()).toMatchObject({ id: 'b', waits: null });
    expect(watched().frames.size).toBe(0);
    kept.actions.watch(null);
    expect(watched()).toBeNull();
  });
});
