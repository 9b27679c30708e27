import { describe, expect, it, vi } from 'vitest';
import { createActions } from '../../src/store/actions.ts';
import { noCrashMark } from '../../src/store/crashMark.ts';
import { tellOfRuns } from '../../src/store/runNews.ts';
import { createAppStore } from '../../src/store/store.ts';
import { imageEvent, microManifest, noDecoding, onWasm, standInClient, stepEvent } from '../support/page.ts';

/** A run of two pictures that is under way. */
async function running({ watched = false, wanted = true } = {}) {
  const store = createAppStore();
  const { client, opens, runs } = standInClient();
  const titles: string[] = [];
  const told: string[] = [];
  const isSeen = tellOfRuns(store, {
    plainTitle: 'Faces',
    setTitle: (title) => titles.push(title),
    isWatched: () => watched,
    notify: (words) => told.push(words),
  });
  const actions = createActions(store, {
    client,
    randomSeed: () => 1,
    now: () => 0,
    save: () => {},
    painted: async () => {},
    decodePicture: noDecoding,
    copyText: async () => {},
    copyPicture: async () => {},
    pageUrl: () => 'https://example.org/app/',
    base: 'https://example.org/app/',
    crashMark: noCrashMark,
  });
  const opened = actions.openPack('models/micro/', 'auto');
  opens[0].resolve({ manifest: microManifest, device: onWasm });
  await opened;
  actions.edit({ prompt: 'a secret', candidates: 2 });
  actions.tellWhenDone(wanted);
  const done = actions.generate();
  await Promise.resolve();
  const finish = async () => {
    for (const c of [0, 1]) runs[0].onEvent(imageEvent(c, 0.31));
    runs[0].resolve({ cancelled: false });
    await done;
  };
  return { actions, runs, run: runs[0], titles, told, isSeen, done, finish };
}

describe('the title', () => {
  it('tells how far a run is, in whole percents, and then that it is done until someone looks', async () => {
    const { run, titles, isSeen, finish } = await running();
    for (const step of [1, 1, 5]) run.onEvent(stepEvent(step, 10, 0, 2));
    // Being there while it runs does not make its end old.
    isSeen();
    await finish();
    isSeen();
    isSeen();
    expect(titles).toEqual(['0% · Faces', '10% · Faces', '50% · Faces', 'Done · Faces', 'Faces']);
  });

  it('says that a run failed, and nothing of one that was cancelled', async () => {
    const failed = await running();
    failed.run.reject(new Error('no memory'));
    await failed.done;
    expect(failed.titles.at(-1)).toBe('Stopped · Faces');
    const cancelled = await running();
    cancelled.actions.cancel();
    cancelled.run.resolve({ cancelled: true });
    await cancelled.done;
    expect(cancelled.titles.at(-1)).toBe('Faces');
    expect(cancelled.told).toEqual([]);
  });

  it('forgets the last end when the next run begins', async () => {
    const { actions, titles, finish } = await running();
    await finish();
    void actions.generate();
    expect(titles.slice(-2)).toEqual(['Done · Faces', '0% · Faces']);
  });
});

describe('the notification', () => {
  it('comes once, with what there is, to one who asked for it and looks elsewhere', async () => {
    const { told, finish } = await running();
    await finish();
    expect(told).toEqual(['Your 2 pictures are ready, best CLIP score 0.31.']);
  });

  it('comes at the end of the line, not between its runs', async () => {
    const { actions, runs, told, titles, done } = await running();
    await actions.generate();
    for (const [i, words] of [[], ['The line is done: 2 runs.']].entries()) {
      runs[i].onEvent(imageEvent(0, 0.31));
      runs[i].resolve({ cancelled: false });
      if (i === 0) await vi.waitFor(() => expect(runs).toHaveLength(2));
      else await done;
      expect(told).toEqual(words);
    }
    expect(titles).toEqual(['0% · Faces', 'Done · Faces']);
  });

  it('comes of a failure too', async () => {
    const { run, told, done } = await running();
    run.reject(new Error('no memory'));
    await done;
    expect(told).toEqual(['Your pictures could not be made: the page says why.']);
  });

  it('does not come unasked, or to one who is there', async () => {
    for (const visitor of [{ watched: true }, { wanted: false }]) {
      const { told, finish } = await running(visitor);
      await finish();
      expect(told).toEqual([]);
    }
  });
});
