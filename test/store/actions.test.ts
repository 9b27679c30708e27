import { describe, expect, it, vi } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { candidates } from '../../src/recipe/plan.ts';
import { activeRun } from '../../src/store/store.ts';
import { grey, imageEvent, microManifest, microRecipe, onWasm, stepEvent } from '../support/page.ts';
import { ready, setUp, started } from '../support/readyPage.ts';

describe('opening a pack', () => {
  it('asks for the folder by its absolute address and takes the model’s defaults', async () => {
    const { opens, state } = await ready();
    expect(opens[0].packUrl).toBe('https://example.org/app/models/micro/');
    expect(state().pack.kind).toBe('ready');
    expect(state().draft).toMatchObject({ steps: 10, guidance: 1.15, candidates: 4, sampler: 'exact' });
  });

  it('leaves a failed page usable: the prompt stays and trying again opens', async () => {
    const { actions, opens, state } = setUp();
    actions.edit({ prompt: 'kept' });
    const first = actions.openPack('models/micro/', 'auto');
    opens[0].reject(new UserError('network', 'No answer.'));
    await first;
    expect(state().pack).toMatchObject({ kind: 'failed', error: { code: 'network', message: 'No answer.' } });
    const second = actions.reopenPack();
    opens[1].resolve({ manifest: microManifest, device: onWasm });
    await second;
    expect(state().pack.kind).toBe('ready');
    expect(state().draft.prompt).toBe('kept');
  });

  it('does not listen to an opening that a later one replaced', async () => {
    const { actions, opens, state } = setUp();
    const first = actions.openPack('models/micro/', 'webgpu');
    const second = actions.chooseProvider('wasm');
    opens[1].resolve({ manifest: microManifest, device: onWasm });
    await second;
    opens[0].onProgress({ stage: 'download', loadedBytes: 1, totalBytes: 2 });
    opens[0].reject(new DOMException('replaced', 'AbortError'));
    await first;
    expect(state().pack).toEqual({ kind: 'ready', device: onWasm });
    expect(state().provider).toBe('wasm');
  });

  it('refuses an address that is none before it asks the worker', async () => {
    const { actions, opens, state } = setUp();
    await actions.openPack('javascript:alert(1)', 'auto');
    expect(opens).toHaveLength(0);
    expect(state().pack).toMatchObject({ kind: 'failed', error: { code: 'pack-missing' } });
  });

  it.each([
    [
      'models/toon/',
      'pack-missing',
      /^The model “toon” is not built in any more: bring it as a pack, .*“\?pack=”/,
    ],
    ['models/toon', 'pack-missing', /not built in any more/],
    ['models/toon/', 'pack-corrupt', /^Nothing there\.$/],
    ['models/mine/', 'pack-missing', /^Nothing there\.$/],
    ['https://models.example/models/toon/', 'pack-missing', /^Nothing there\.$/],
  ] as const)(
    'tells whom a link led to %s, which failed by %s, what to do: %s',
    async (pack, code, message) => {
      const { actions, opens, state } = setUp();
      const opened = actions.openPack(pack, 'auto');
      opens[0].reject(new UserError(code, 'Nothing there.'));
      await opened;
      expect(state().pack).toMatchObject({
        kind: 'failed',
        error: { code, message: expect.stringMatching(message) },
      });
    },
  );

  it('keeps tuned settings when the same model is opened on another device', async () => {
    const { actions, opens, state } = await ready();
    actions.edit({ steps: 33 });
    const opened = actions.chooseProvider('webgpu');
    opens[1].resolve({ manifest: microManifest, device: onWasm });
    await opened;
    expect(state().draft.steps).toBe(33);
    actions.resetTuning();
    expect(state().draft.steps).toBe(10);
    expect(state().draft.prompt).toBe('a smiling woman');
  });
});

describe('a run', () => {
  it('goes from steps to pictures, the best score first', async () => {
    const { actions, runs, state } = await ready();
    const run = actions.generate();
    await started();
    expect(runs[0].recipes).toEqual(candidates({ ...microRecipe, seed: 1000 }, 4));
    runs[0].onEvent(stepEvent(1, 10, 0, 4));
    expect(activeRun(state())?.candidates[3].tokens).toHaveLength(4);
    for (const [c, score] of [0.2, 0.7, 0.7, 0.9].entries()) runs[0].onEvent(imageEvent(c, score));
    runs[0].resolve({ cancelled: false });
    await run;
    expect(activeRun(state())).toBeNull();
    expect(state().runs[0].candidates.map(({ picture }) => picture?.recipe.seed)).toEqual([
      1003, 1001, 1002, 1000,
    ]);
    expect(state().runs[0].candidates.every(({ tokens, preview }) => !tokens && !preview)).toBe(true);
    expect(state().announcement).toBe('Your 4 pictures are ready, best CLIP score 0.90.');
  });

  it('is one at a time: the next waits in line', async () => {
    const { actions, runs } = await ready();
    void actions.generate();
    await started();
    await actions.generate();
    expect(runs).toHaveLength(1);
  });

  it('needs a prompt, and says so until one is written', async () => {
    const { actions, runs, state } = await ready();
    actions.edit({ prompt: ' \n ' });
    await actions.generate();
    expect(runs).toHaveLength(0);
    expect(state().complaint).toEqual({
      field: 'prompt',
      message: 'Write a prompt first, or try one of the examples.',
    });
    actions.edit({ steps: 3 });
    expect(state().complaint).not.toBeNull();
    actions.edit({ prompt: 'a' });
    expect(state().complaint).toBeNull();
  });

  it('does not start with a seed that is none', async () => {
    const { actions, runs, state } = await ready();
    for (const seed of ['', 'abc', '-1', '1.5', '4294967296', '1e3']) {
      actions.edit({ seed });
      await actions.generate();
      expect(state().complaint?.field, seed).toBe('seed');
    }
    expect(runs).toHaveLength(0);
    actions.edit({ seed: '4294967295' });
    void actions.generate();
    await started();
    expect(runs[0].recipes[0].seed).toBe(4294967295);
  });

  it('does not start without a model', async () => {
    const { actions, runs } = setUp();
    actions.edit({ prompt: 'a' });
    await actions.generate();
    expect(runs).toHaveLength(0);
  });

  it('when cancelled, stops the engine and keeps the finished pictures', async () => {
    const { actions, runs, state } = await ready();
    const run = actions.generate();
    await started();
    runs[0].onEvent(imageEvent(0, 0.4));
    runs[0].onEvent(stepEvent(2, 10, 1, 3));
    actions.cancel();
    expect(runs[0].signal.aborted).toBe(true);
    expect(state().runs[0].status).toBe('stopping');
    // Once is enough.
    const { runs: stopping } = state();
    actions.cancel();
    expect(state().runs).toBe(stopping);
    runs[0].resolve({ cancelled: true });
    await run;
    expect(state().runs[0]).toMatchObject({ status: 'cancelled' });
    expect(state().runs[0].candidates).toHaveLength(1);
    expect(state().announcement).toBe('Stopped; one picture kept.');
  });

  it('when cancelled before any picture, stays with prompt, seed and what was seen last', async () => {
    const { actions, runs, state } = await ready();
    const run = actions.generate();
    await started();
    runs[0].onEvent(stepEvent(2, 10, 0, 2));
    runs[0].onEvent({ type: 'preview', indices: [0, 1], frames: [grey(1), grey(2)] });
    actions.cancel();
    runs[0].resolve({ cancelled: true });
    await run;
    const [kept] = state().runs;
    expect(kept).toMatchObject({
      status: 'cancelled',
      prompt: 'a smiling woman',
      recipes: { 0: { seed: 1000 } },
    });
    expect(kept.candidates.map(({ preview }) => preview)).toEqual([grey(1), grey(2)]);
    expect(state().announcement).toBe('Stopped.');
    actions.takeSettings(kept);
    expect(state().draft).toMatchObject({ seed: '1000', seedLocked: true });
  });

  it('when it fails before any picture, leaves no card: the alert speaks', async () => {
    const { actions, runs, state } = await ready();
    const run = actions.generate();
    await started();
    runs[0].onEvent(stepEvent(2, 10, 0, 2));
    runs[0].reject(new UserError('network', 'The connection broke.'));
    await run;
    expect(state().runs).toEqual([]);
  });

  it('when it fails, loses neither pictures nor settings', async () => {
    const { actions, runs, state } = await ready();
    actions.edit({ guidance: 2.5 });
    const run = actions.generate();
    await started();
    runs[0].onEvent(imageEvent(0, 0.4));
    runs[0].reject(new UserError('network', 'The connection broke.'));
    await run;
    expect(state().runError?.message).toBe('The connection broke.');
    expect(state().pack.kind).toBe('ready');
    expect(state().runs[0].candidates).toHaveLength(1);
    expect(state().draft).toMatchObject({ prompt: 'a smiling woman', guidance: 2.5 });
  });

  it('whose engine fails for good asks to open the model again, and the gallery stays', async () => {
    const { actions, runs, opens, state } = await ready();
    const first = actions.generate();
    await started();
    runs[0].onEvent(imageEvent(0, 0.4));
    runs[0].resolve({ cancelled: false });
    await first;
    const second = actions.generate();
    await started();
    for (let loss = 1; loss <= 4; loss++) {
      runs[loss].reject(new UserError('device', 'The GPU was lost.'));
      if (loss === 4) break;
      await expect.poll(() => opens.length).toBe(loss + 1);
      opens[loss].resolve({ manifest: microManifest, device: onWasm });
      await expect.poll(() => runs.length).toBe(loss + 2);
    }
    await second;
    expect(state().pack).toMatchObject({ kind: 'failed', error: { code: 'device' } });
    expect(state().runs).toHaveLength(1);
    void actions.chooseProvider('wasm');
    expect(opens[4].provider).toBe('wasm');
  });

  it('whose worker is lost says so, keeps its pictures, and opens the model again', async () => {
    const { actions, runs, opens, state } = await ready();
    const run = actions.generate();
    await started();
    runs[0].onEvent(imageEvent(0, 0.4));
    actions.cancel();
    runs[0].reject(new UserError('lost', 'The engine stopped answering.'));
    await run;
    expect(state()).toMatchObject({
      runError: { message: 'The engine stopped answering.' },
      pack: { kind: 'opening' },
    });
    expect(state().runs[0]).toMatchObject({
      status: 'failed',
      candidates: [{ picture: { recipe: { seed: 1000 } } }],
    });
    expect(opens[1]).toMatchObject({ packUrl: opens[0].packUrl, provider: 'auto' });
    opens[1].resolve({ manifest: microManifest, device: onWasm });
    await expect.poll(() => state().pack.kind).toBe('ready');
    expect(state().runError?.message).toBe('The engine stopped answering.');
  });

  it('whose worker goes to another opening ends without an error', async () => {
    const { actions, runs, opens, state } = await ready();
    const run = actions.generate();
    await started();
    runs[0].onEvent(imageEvent(0, 0.4));
    const opening = actions.chooseProvider('wasm');
    runs[0].reject(new DOMException('Another model is being opened.', 'AbortError'));
    await run;
    expect(state().pack.kind).toBe('opening');
    expect(state().runs[0]).toMatchObject({ status: 'cancelled' });
    opens[1].resolve({ manifest: microManifest, device: onWasm });
    await opening;
    expect(state().pack.kind).toBe('ready');
    expect(state().runError).toBeNull();
  });

  it('speaks at each quarter, not at each step', async () => {
    const { actions, runs, store, wait } = await ready();
    const spoken: string[] = [];
    store.subscribe(({ announcement }, before) => {
      if (announcement !== before.announcement) spoken.push(announcement);
    });
    const run = actions.generate();
    await started();
    for (let step = 1; step <= 10; step++) {
      wait(1000);
      runs[0].onEvent(stepEvent(step, 10, 0, 4));
    }
    for (let c = 0; c < 4; c++) runs[0].onEvent(imageEvent(c, 0.5));
    runs[0].resolve({ cancelled: false });
    await run;
    expect(spoken).toEqual([
      'Making 4 pictures in 10 steps.',
      '25% done, about 7 seconds left.',
      '50% done, about 5 seconds left.',
      '75% done, about 2 seconds left.',
      'Your 4 pictures are ready, best CLIP score 0.50.',
    ]);
  });
});

describe('seeds', () => {
  it('are drawn anew after every start, unless locked', async () => {
    const { actions, runs, state } = await ready();
    const first = actions.generate();
    await started();
    expect(runs[0].recipes[0].seed).toBe(1000);
    expect(state().draft).toMatchObject({ seed: '1001', seedLocked: false });
    runs[0].resolve({ cancelled: true });
    await first;
    actions.edit({ seedLocked: true });
    const second = actions.generate();
    await started();
    runs[1].resolve({ cancelled: true });
    await second;
    expect(runs[1].recipes[0].seed).toBe(1001);
    expect(state().draft.seed).toBe('1001');
  });

  it('typed by hand are locked', async () => {
    const { actions, state } = await ready();
    actions.edit({ seed: '7' });
    expect(state().draft.seedLocked).toBe(true);
  });

  it('of a picture, and settings of a run, come back into the form', async () => {
    const { actions, runs, state } = await ready();
    actions.edit({ prompt: 'first', steps: 7, truncation: { kind: 'none' } });
    const run = actions.generate();
    await started();
    runs[0].onEvent(imageEvent(2, 0.4));
    runs[0].resolve({ cancelled: false });
    await run;
    actions.edit({ prompt: 'second', steps: 9 });
    const [made] = state().runs;
    actions.takeSeed(made.candidates[0].picture!);
    expect(state().draft).toMatchObject({ prompt: 'second', seed: '1002', seedLocked: true });
    expect(state().announcement).toBe('Seed 1002 is kept for the next pictures.');
    actions.takeSettings(made);
    expect(state().draft).toEqual({
      prompt: 'first',
      avoid: '',
      seed: '1000',
      seedLocked: true,
      steps: 7,
      guidance: 1.15,
      truncation: { kind: 'none' },
      redraw: 0,
      looks: null,
      candidates: 4,
      sampler: 'exact',
    });
  });
});

describe('settings of a run of another model', () => {
  const other = {
    ...microManifest,
    id: 'other',
    name: 'Other',
    defaults: { ...microManifest.defaults, steps: 50 },
  };

  /** A finished run of the micro model with 7 steps; then another model is opened. */
  async function withOtherOpen() {
    const page = await ready();
    page.actions.edit({ steps: 7 });
    const run = page.actions.generate();
    await started();
    page.runs[0].onEvent(imageEvent(0, 0.4));
    page.runs[0].resolve({ cancelled: false });
    await run;
    const opened = page.actions.openPack('models/other/', 'wasm');
    page.opens[1].resolve({ manifest: other, device: onWasm });
    await opened;
    return page;
  }

  it('open that model on the chosen device, and its defaults do not overwrite them', async () => {
    const { actions, opens, state } = await withOtherOpen();
    expect(state().draft.steps).toBe(50);
    actions.takeSettings(state().runs[0]);
    expect(opens[2]).toMatchObject({
      packUrl: 'https://example.org/app/models/micro/',
      provider: 'wasm',
    });
    opens[2].resolve({ manifest: microManifest, device: onWasm });
    await expect.poll(() => state().pack.kind).toBe('ready');
    expect(state().draft).toMatchObject({ steps: 7, seed: '1000', prompt: 'a smiling woman' });
  });

  it('stay in the form when that model fails to open at first', async () => {
    const { actions, opens, state } = await withOtherOpen();
    actions.takeSettings(state().runs[0]);
    opens[2].reject(new UserError('network', 'No answer.'));
    await expect.poll(() => state().pack.kind).toBe('failed');
    const again = actions.reopenPack();
    opens[3].resolve({ manifest: microManifest, device: onWasm });
    await again;
    expect(state().draft.steps).toBe(7);
  });

  it('of the open model open nothing', async () => {
    const { actions, opens, state } = await withOtherOpen();
    const run = actions.generate();
    await started();
    actions.cancel();
    void run;
    actions.takeSettings(state().runs[0]);
    expect(opens).toHaveLength(2);
  });
});

describe('downloads', () => {
  it('save a PNG under a name of prompt and seed, and an archive of all', async () => {
    const { actions, runs, saved, state } = await ready();
    const run = actions.generate();
    await started();
    runs[0].onEvent(imageEvent(0, 0.4));
    runs[0].onEvent(imageEvent(1, 0.6));
    runs[0].resolve({ cancelled: false });
    await run;
    const [made] = state().runs;
    await actions.download(made, made.candidates[0].picture!);
    await actions.downloadAll(made);
    expect(saved.map(({ name }) => name)).toEqual(['a-smiling-woman_1001.png', 'a-smiling-woman_1000.zip']);
    expect(saved[0].file.type).toBe('image/png');
    expect(saved[1].file.size).toBeGreaterThan(2 * saved[0].file.size);
  });
});

describe('clearing the gallery', () => {
  it('leaves a run in progress alone', async () => {
    const { actions, runs, state } = await ready();
    const first = actions.generate();
    await started();
    runs[0].onEvent(imageEvent(0, 0.4));
    runs[0].resolve({ cancelled: false });
    await first;
    void actions.generate();
    await started();
    actions.clearGallery();
    expect(state().runs).toHaveLength(1);
    expect(activeRun(state())).not.toBeNull();
  });

  it('lets go the previews of cancelled runs', async () => {
    const { actions, runs, state } = await ready();
    const closed = vi.fn();
    const run = actions.generate();
    await started();
    const bitmap = { width: 2, height: 2, close: closed } as ImageBitmap;
    runs[0].onEvent({ type: 'preview', indices: [0], frames: [bitmap] });
    actions.cancel();
    runs[0].resolve({ cancelled: true });
    await run;
    expect(closed).not.toHaveBeenCalled();
    actions.clearGallery();
    expect(state().runs).toEqual([]);
    expect(closed).toHaveBeenCalledOnce();
  });
});
