// The mark that a visit leaves while it asks the GPU for something new: what the next one makes of it.
import { describe, expect, it } from 'vitest';
import { createCrashMark } from '../../src/store/crashMark.ts';
import { browserShelf, type Shelf } from '../../src/store/shelf.ts';
import { imageEvent, microManifest, onWasm, stepEvent } from '../support/page.ts';
import { ready, setUp, started } from '../support/readyPage.ts';

function memory(): Shelf & { readonly texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return { texts, read: (key) => texts.get(key) ?? null, write: (key, text) => void texts.set(key, text) };
}

/** A visit that begins; those named are still open. */
async function visit(shelf: Shelf, name: string, open: readonly string[] = []) {
  const mark = createCrashMark(shelf, name, async (other) => open.includes(other));
  await mark.known;
  return mark;
}

describe('a visit', () => {
  it('that broke off while it used the GPU is found by the next, and counted with those before', async () => {
    const shelf = memory();
    (await visit(shelf, 'a')).begin();
    const second = await visit(shelf, 'b');
    expect(second.crashes()).toBe(1);
    second.begin();
    expect((await visit(shelf, 'c')).crashes()).toBe(2);
    // Counted once: this one did not break off.
    expect((await visit(shelf, 'd')).crashes()).toBe(2);
  });

  it('that ended well, or was left, or is still open, is no crash', async () => {
    const shelf = memory();
    const first = await visit(shelf, 'a');
    first.begin();
    first.end();
    expect((await visit(shelf, 'b')).crashes()).toBe(0);
    first.begin();
    expect((await visit(shelf, 'c', ['a'])).crashes()).toBe(0);
  });

  it('that makes its pictures forgets', async () => {
    const shelf = memory();
    (await visit(shelf, 'a')).begin();
    const second = await visit(shelf, 'b');
    second.begin();
    second.end();
    second.forget();
    expect((await visit(shelf, 'c')).crashes()).toBe(0);
  });

  it('goes on as if nothing were where nothing is kept, or something else', async () => {
    const blocked = browserShelf(() => {
      throw new DOMException('No.', 'SecurityError');
    });
    const mark = await visit(blocked, 'a');
    mark.begin();
    mark.end();
    mark.forget();
    expect(mark.crashes()).toBe(0);
    for (const text of ['', '{', '[]', '{"schema":1,"crashes":-3,"visit":7}', '{"schema":9,"crashes":4}']) {
      const shelf = memory();
      shelf.texts.set('clip-vqdiffusion.gpu', text);
      expect((await visit(shelf, 'b')).crashes(), text).toBe(0);
    }
  });
});

describe('the page', () => {
  const isMarked = (shelf: ReturnType<typeof memory>) =>
    /"visit":"/.test(shelf.texts.get('clip-vqdiffusion.gpu') ?? '');
  const onGpu = { ...onWasm, provider: 'webgpu' } as const;

  it('leaves a mark while a model is prepared, and while a run has made no step yet', async () => {
    const shelf = memory();
    const { actions, opens, runs } = setUp({ crashMark: await visit(shelf, 'a') });
    const opened = actions.openPack('models/micro/', 'auto');
    opens[0].onProgress({ stage: 'download', loadedBytes: 1, totalBytes: 2 });
    expect(isMarked(shelf)).toBe(false);
    opens[0].onProgress({ stage: 'prepare', loadedBytes: 2, totalBytes: 2 });
    expect(isMarked(shelf)).toBe(true);
    opens[0].resolve({ manifest: microManifest, device: onGpu });
    await opened;
    expect(isMarked(shelf)).toBe(false);
    actions.edit({ prompt: 'a' });
    const run = actions.generate();
    await started();
    expect(isMarked(shelf)).toBe(true);
    runs[0].onEvent(stepEvent(1, 10, 0, 4));
    expect(isMarked(shelf)).toBe(false);
    runs[0].resolve({ cancelled: true });
    await run;
  });

  it('leaves none on WASM, nor of a model that does not open', async () => {
    const shelf = memory();
    const { actions, opens } = setUp({ crashMark: await visit(shelf, 'a') });
    const onWasmFirst = actions.openPack('models/micro/', 'wasm');
    opens[0].onProgress({ stage: 'prepare', loadedBytes: 2, totalBytes: 2 });
    expect(isMarked(shelf)).toBe(false);
    opens[0].reject(new Error('No.'));
    await onWasmFirst;
    const onGpuNext = actions.openPack('models/micro/', 'webgpu');
    opens[1].onProgress({ stage: 'prepare', loadedBytes: 2, totalBytes: 2 });
    expect(isMarked(shelf)).toBe(true);
    opens[1].reject(new Error('No.'));
    await onGpuNext;
    expect(isMarked(shelf)).toBe(false);
  });

  it('opens with care after a crash, says so, and as usual after a run that ended well', async () => {
    const shelf = memory();
    (await visit(shelf, 'a')).begin();
    const { actions, opens, runs, state } = await ready({ crashMark: await visit(shelf, 'b') });
    expect(opens[0]).toMatchObject({ provider: 'auto', most: 1 });
    expect(state().pack).toMatchObject({
      care: expect.stringMatching(/^The page broke off when it last worked/),
    });
    const run = actions.generate();
    await started();
    for (const index of [0, 1, 2, 3]) runs[0].onEvent(imageEvent(index, 0.5));
    runs[0].resolve({ cancelled: false });
    await run;
    void actions.reopenPack();
    expect(opens[1].most).toBeUndefined();
  });

  it('opens on the processor after two in a row', async () => {
    const shelf = memory();
    (await visit(shelf, 'a')).begin();
    (await visit(shelf, 'b')).begin();
    const { opens, state } = await ready({ crashMark: await visit(shelf, 'c') });
    expect(opens[0]).toMatchObject({ provider: 'wasm', most: undefined });
    expect(state()).toMatchObject({ provider: 'auto', pack: { care: expect.stringMatching(/WASM/) } });
  });
});
