// A run whose engine breaks off goes on with another one: from where it was, more carefully each time, to the same pictures.
import { describe, expect, it, vi } from 'vitest';
import { type ErrorCode, UserError } from '../../src/errors.ts';
import type { RunEvent } from '../../src/events.ts';
import { careAfter, careAfterCrashes } from '../../src/store/care.ts';
import { createRest } from '../../src/store/rest.ts';
import type { DeviceReport, ImageTokens } from '../../src/types.ts';
import { imageEvent, microManifest, microRecipes, onWasm } from '../support/page.ts';
import { ready, started } from '../support/readyPage.ts';

const onGpu: DeviceReport = { ...onWasm, provider: 'webgpu', adapter: 'A GPU', batch: 4 };
const lost = (code: ErrorCode = 'device') => new UserError(code, 'It was lost.');

/** After a step, every token of the picture at a place is `10 * place + step`. */
function step(step: number, indices: readonly number[], places: readonly number[] = indices): RunEvent {
  const tokens = Int32Array.from({ length: 4 * indices.length }, (_, i) => 10 * places[i >> 2] + step);
  return {
    type: 'step',
    progress: { step, steps: 10, timestep: 99 - step, indices, tokens: tokens as ImageTokens },
  };
}

/** A run of four pictures on a GPU, under way. */
async function running() {
  const page = await ready();
  const reopened = page.actions.reopenPack();
  page.opens[1].resolve({ manifest: microManifest, device: onGpu });
  await reopened;
  const done = page.actions.generate();
  await started();
  /** Loses the engine, and opens the model on another. */
  async function lose(error: UserError, device: DeviceReport = onGpu) {
    const [opened, begun] = [page.opens.length, page.runs.length];
    page.runs[begun - 1].reject(error);
    await vi.waitFor(() => expect(page.opens).toHaveLength(opened + 1));
    page.opens[opened].resolve({ manifest: microManifest, device });
    await vi.waitFor(() => expect(page.runs).toHaveLength(begun + 1));
    return { open: page.opens[opened], run: page.runs[begun] };
  }
  return { ...page, done, lose };
}

describe('a run that loses its engine', () => {
  it('goes on from its last tokens, with the pictures that are missing, and says so', async () => {
    const { runs, state, done, lose } = await running();
    const places = [0, 1, 2, 3];
    runs[0].onEvent(step(1, places));
    runs[0].onEvent(step(2, places));
    const { open, run } = await lose(lost());
    expect(open).toMatchObject({ provider: 'auto', most: undefined });
    expect(run.recipes).toEqual(runs[0].recipes);
    expect(run.begun).toEqual(
      places.map((place) => ({ step: 2, tokens: new Int32Array(4).fill(10 * place + 2) })),
    );
    expect(state().runs[0]).toMatchObject({ status: 'running', losses: 1, progress: { done: 0.2 } });
    for (let each = 3; each <= 10; each++) run.onEvent(step(each, places));
    run.onEvent(imageEvent(0, 0.5));
    run.onEvent(imageEvent(2, 0.7));
    // The last step is taken again: the pictures were made of its guess.
    const again = (await lose(lost('lost'))).run;
    expect(again.recipes.map(({ seed }) => seed)).toEqual([1001, 1003]);
    expect(again.begun).toEqual(
      [1, 3].map((place) => ({ step: 9, tokens: new Int32Array(4).fill(10 * place + 9) })),
    );
    again.onEvent(step(10, [0, 1], [1, 3]));
    expect(state().runs[0].candidates[3].tokens).toEqual(new Int32Array(4).fill(40));
    expect(state().runs[0].progress).toMatchObject({ indices: [1, 3], done: 1 });
    for (const index of [0, 1]) again.onEvent(imageEvent(index, 0.6));
    again.resolve({ cancelled: false });
    await done;
    const [made] = state().runs;
    expect(made).toMatchObject({ status: 'finished', losses: 2 });
    expect(made.candidates.map(({ picture }) => picture?.recipe.seed)).toEqual([1002, 1001, 1003, 1000]);
    expect(state()).toMatchObject({ runError: null, pack: { kind: 'ready' } });
  });

  it('has half the batch after the second loss, and WASM after the third', async () => {
    const { runs, state, lose, done } = await running();
    expect((await lose(lost())).open.most).toBeUndefined();
    expect((await lose(lost())).open).toMatchObject({ provider: 'auto', most: 2 });
    expect(state().pack).toMatchObject({ care: expect.stringMatching(/at most 2 pictures at once/) });
    expect((await lose(lost(), onWasm)).open).toMatchObject({ provider: 'wasm' });
    expect(state()).toMatchObject({ provider: 'auto', pack: { care: expect.stringMatching(/WASM/) } });
    runs.at(-1)!.reject(lost());
    await done;
    expect(state()).toMatchObject({ pack: { kind: 'failed', error: { message: 'It was lost.' } }, runs: [] });
  });

  it('that goes on in another precision begins the missing pictures anew, by a recipe of that precision', async () => {
    const page = await ready();
    const half: DeviceReport = { ...onGpu, arithmetic: 'half' };
    const reopened = page.actions.reopenPack();
    page.opens[1].resolve({ manifest: microManifest, device: half });
    await reopened;
    void page.actions.generate();
    await started();
    page.runs[0].onEvent(step(4, [0, 1, 2, 3]));
    page.runs[0].onEvent(imageEvent(0, 0.5));
    page.runs[0].reject(lost());
    await vi.waitFor(() => expect(page.opens).toHaveLength(3));
    page.opens[2].resolve({ manifest: microManifest, device: onWasm });
    await vi.waitFor(() => expect(page.runs).toHaveLength(2));
    expect(page.runs[1].begun).toBeUndefined();
    expect(page.runs[1].recipes.map(({ arithmetic }) => arithmetic)).toEqual(Array(3).fill('single'));
    expect(page.state().runs[0].recipes.map(({ arithmetic }) => arithmetic)).toEqual([
      'half',
      ...Array(3).fill('single'),
    ]);
  });

  it('is stopped while the model opens, and keeps what it has', async () => {
    const { runs, opens, actions, state, done } = await running();
    runs[0].onEvent(imageEvent(1, 0.5));
    runs[0].reject(lost('lost'));
    await vi.waitFor(() => expect(opens).toHaveLength(3));
    actions.cancel();
    opens[2].resolve({ manifest: microManifest, device: onGpu });
    await done;
    expect(runs).toHaveLength(1);
    expect(state().runs[0]).toMatchObject({
      status: 'cancelled',
      candidates: [{ picture: { recipe: { seed: 1001 } } }],
    });
    expect(state().pack.kind).toBe('ready');
  });

  it('ends where another model is opened meanwhile', async () => {
    const { runs, opens, actions, state, done } = await running();
    runs[0].onEvent(imageEvent(1, 0.5));
    runs[0].reject(lost());
    await vi.waitFor(() => expect(opens).toHaveLength(3));
    void actions.openPack('models/other/', 'auto');
    opens[2].reject(new DOMException('Another model is being opened.', 'AbortError'));
    await done;
    expect(runs).toHaveLength(1);
    expect(state()).toMatchObject({ packUrl: 'models/other/', pack: { kind: 'opening' }, runError: null });
    expect(state().runs[0].candidates).toHaveLength(1);
  });

  it('whose model does not open again tells that, and nothing else', async () => {
    const { runs, opens, state, done } = await running();
    runs[0].reject(lost());
    await vi.waitFor(() => expect(opens).toHaveLength(3));
    opens[2].reject(new UserError('network', 'No answer.'));
    await done;
    expect(state()).toMatchObject({
      runError: null,
      pack: { kind: 'failed', error: { message: 'No answer.' } },
    });
  });

  it('is not one whose recipe cannot be made', async () => {
    const { runs, opens, state, done } = await running();
    runs[0].reject(lost('recipe'));
    await done;
    expect(opens).toHaveLength(2);
    expect(state().runError?.message).toBe('It was lost.');
  });
});

describe('care', () => {
  const cares = (device: DeviceReport, code: ErrorCode) =>
    [1, 2, 3, 4].map((losses) => {
      const care = careAfter(losses, lost(code), device);
      return care && [care.onWasm, care.most];
    });

  it('grows with the losses of a run, and comes to an end', () => {
    expect(cares(onGpu, 'device')).toEqual([[false, undefined], [false, 2], [true, undefined], null]);
    expect(cares(onWasm, 'lost')).toEqual([[false, undefined], [false, 32], [true, 1], null]);
    expect(cares({ ...onGpu, batch: 1 }, 'lost')[1]).toEqual([false, 1]);
  });

  it('is one picture at a time at once where memory failed', () => {
    expect(cares(onGpu, 'memory').slice(0, 2)).toEqual([
      [false, 1],
      [false, 1],
    ]);
    expect(careAfter(1, lost('memory'), onGpu)?.note).toMatch(
      /^The engine broke off, perhaps for lack of memory/,
    );
  });

  it('grows with the visits that broke off as well', () => {
    expect([0, 1, 2, 3].map((crashes) => careAfterCrashes(crashes))).toMatchObject([
      { onWasm: false },
      { onWasm: false, most: 1, note: expect.stringMatching(/one picture at a time/) },
      { onWasm: true, note: expect.stringMatching(/WASM/) },
      { onWasm: true },
    ]);
  });
});

it('what is left of a run counts from the last step but the last', () => {
  const rest = createRest(microRecipes);
  rest.hear(step(9, [0, 1]));
  rest.hear(step(10, [0, 1]));
  rest.hear(imageEvent(1, 0.3));
  expect(rest.missing()).toEqual({
    places: [0, 2, 3],
    begun: [{ step: 9, tokens: new Int32Array(4).fill(9) }, null, null],
  });
  rest.beginAnew();
  expect(rest.missing().begun).toEqual([null, null, null]);
});
