// The line of runs: order, stop, keep going, and what becomes of it when something fails.
import { describe, expect, it, vi } from 'vitest';
import { UserError } from '../../src/errors.ts';
import {
  afterRun,
  emptyLine,
  goesOn,
  type WaitingJob,
  withJob,
  withKeepGoing,
} from '../../src/store/line.ts';
import { promptOf } from '../../src/store/settings.ts';
import { activeRun } from '../../src/store/store.ts';
import { imageEvent, microManifest, microRecipes, onWasm } from '../support/page.ts';
import { ready, started } from '../support/readyPage.ts';

/** A page with a run of one picture under way, and these prompts in line behind it. */
async function inLine(...prompts: string[]) {
  const page = await ready();
  const { actions, runs, state } = page;
  actions.edit({ candidates: 1, prompt: 'first' });
  const done = actions.generate();
  await started();
  for (const prompt of prompts) {
    actions.edit({ prompt });
    await actions.generate();
  }
  const waiting = () => state().line.waiting.map(({ prompt }) => prompt);
  const asked = () => runs.map(({ recipes }) => promptOf(recipes[0]));
  /** Ends the run that was asked for last, and lets the next begin. */
  const finish = async (cancelled = false) => {
    const count = runs.length;
    if (!cancelled) runs.at(-1)!.onEvent(imageEvent(0, 0.3));
    runs.at(-1)!.resolve({ cancelled });
    await vi.waitFor(() => expect(runs.length > count || activeRun(state()) === null).toBe(true));
  };
  return { ...page, done, waiting, asked, finish };
}

describe('the line', () => {
  it('is made in its order, each with what the form held when it was added', async () => {
    const { actions, state, waiting, asked, finish, done, runs } = await inLine('second', 'third');
    expect(waiting()).toEqual(['second', 'third']);
    expect(state().announcement).toBe('Added to the line: 2 wait.');
    actions.edit({ prompt: 'something else', steps: 3 });
    await finish();
    expect(waiting()).toEqual(['third']);
    await finish();
    await finish();
    await done;
    expect(asked()).toEqual(['first', 'second', 'third']);
    expect(runs.map(({ recipes }) => recipes[0].steps)).toEqual([10, 10, 10]);
    expect(new Set(runs.map(({ recipes }) => recipes[0].seed)).size).toBe(3);
    expect(state().runs.map(({ waited }) => waited)).toEqual([true, true, false]);
    expect(activeRun(state())).toBeNull();
  });

  it('loses what is taken out of it, and all when it is cleared; the run at hand goes on', async () => {
    const { actions, state, waiting, finish, done, runs } = await inLine('second', 'third', 'fourth');
    actions.takeOut(state().line.waiting[1].id);
    expect(waiting()).toEqual(['second', 'fourth']);
    actions.clearLine();
    expect(waiting()).toEqual([]);
    expect(runs[0].signal.aborted).toBe(false);
    await finish();
    await done;
    expect(runs).toHaveLength(1);
  });

  it('goes on when the run at hand is stopped', async () => {
    const { actions, asked, finish, runs } = await inLine('second');
    actions.cancel();
    expect(runs[0].signal.aborted).toBe(true);
    await finish(true);
    expect(asked()).toEqual(['first', 'second']);
    expect(runs[1].signal.aborted).toBe(false);
  });

  it('takes no form that cannot be run, and says why', async () => {
    const { actions, state, waiting } = await inLine();
    actions.edit({ prompt: ' ' });
    await actions.generate();
    expect(waiting()).toEqual([]);
    expect(state().complaint?.field).toBe('prompt');
  });

  it('changes nothing of what the page shows when it goes on by itself', async () => {
    const { actions, state, finish } = await inLine('second');
    actions.edit({ prompt: '' });
    await actions.generate();
    await finish();
    expect(state().runs[0].prompt).toBe('second');
    expect(state().complaint?.field).toBe('prompt');
  });
});

describe('keeping going', () => {
  it('makes the form again with new seeds, as it stands then, until it is stopped', async () => {
    const { actions, asked, finish, runs, state, done } = await inLine();
    actions.edit({ seed: '7' });
    actions.keepGoing(true);
    await finish();
    actions.edit({ prompt: 'another' });
    await finish();
    // A prompt that is being written anew is none yet.
    actions.edit({ prompt: '' });
    await finish();
    expect(asked()).toEqual(['first', 'first', 'another', 'another']);
    expect(new Set(runs.map(({ recipes }) => recipes[0].seed)).size).toBe(4);
    expect(state().draft).toMatchObject({ seed: '7', seedLocked: true });
    actions.cancel();
    await finish(true);
    await done;
    expect(runs).toHaveLength(4);
    expect(state().line).toEqual(emptyLine);
  });

  it('lets what waits go first, and ends with the run at hand when it is turned off', async () => {
    const { actions, asked, finish, done, runs } = await inLine('second');
    actions.keepGoing(true);
    await finish();
    await finish();
    expect(asked()).toEqual(['first', 'second', 'second']);
    actions.keepGoing(false);
    await finish();
    await done;
    expect(runs).toHaveLength(3);
  });

  it('needs a run to go on from', async () => {
    const { actions, state } = await ready();
    actions.keepGoing(true);
    expect(state().line).toEqual(emptyLine);
  });
});

describe('a line that something stops', () => {
  it('by a failure keeps what was not made at its head, and goes on when asked to', async () => {
    const { actions, runs, state, waiting, asked, done } = await inLine('second');
    runs[0].reject(new UserError('network', 'The connection broke.'));
    await done;
    expect(state().line).toMatchObject({ halted: 'failure' });
    expect(waiting()).toEqual(['first', 'second']);
    expect(runs).toHaveLength(1);
    void actions.goOn();
    await started();
    expect(asked()).toEqual(['first', 'first']);
    expect(runs[1].recipes).toEqual(runs[0].recipes);
    expect(state().runError).toBeNull();
    expect(waiting()).toEqual(['second']);
  });

  it('by a failure alone is no line: the form has it still', async () => {
    const { runs, state, done } = await inLine();
    runs[0].reject(new UserError('network', 'The connection broke.'));
    await done;
    expect(state().line).toEqual(emptyLine);
  });

  it('by another model waits for its own, and opens it to go on', async () => {
    const { actions, runs, opens, state, waiting, asked, done } = await inLine('second');
    const opening = actions.openPack('models/other/', 'auto');
    runs[0].reject(new DOMException('Another model is being opened.', 'AbortError'));
    await done;
    opens[1].resolve({ manifest: { ...microManifest, id: 'other', name: 'Other' }, device: onWasm });
    await opening;
    expect(state().line).toMatchObject({ halted: 'model', waiting: [{ modelName: 'Micro' }] });
    const going = actions.goOn();
    expect(opens[2].packUrl).toBe('https://example.org/app/models/micro/');
    opens[2].resolve({ manifest: microManifest, device: { ...onWasm, arithmetic: 'half' } });
    await vi.waitFor(() => expect(runs).toHaveLength(2));
    expect(waiting()).toEqual([]);
    expect(asked()).toEqual(['first', 'second']);
    expect(runs[1].recipes[0].arithmetic).toBe('half');
    runs[1].resolve({ cancelled: true });
    await going;
  });

  it('stands while its model does not open, and is forgotten when it is cleared', async () => {
    const { actions, runs, opens, state, done, waiting } = await inLine('second');
    runs[0].reject(new UserError('device', 'The GPU was lost.'));
    await vi.waitFor(() => expect(opens).toHaveLength(2));
    opens[1].reject(new UserError('network', 'The connection broke.'));
    await done;
    await actions.goOn();
    expect(runs).toHaveLength(1);
    expect(waiting()).toEqual(['first', 'second']);
    const opened = actions.reopenPack();
    opens[2].resolve({ manifest: microManifest, device: onWasm });
    await opened;
    expect(state().line.halted).toBe('failure');
    actions.clearLine();
    expect(state().line).toEqual(emptyLine);
  });

  it('lets a run by hand go first, and goes on behind it when asked to', async () => {
    const { actions, runs, asked, done, finish } = await inLine('second');
    runs[0].reject(new UserError('network', 'The connection broke.'));
    await done;
    actions.edit({ prompt: 'by hand' });
    void actions.generate();
    await started();
    void actions.goOn();
    expect(asked()).toEqual(['first', 'by hand']);
    await finish();
    expect(asked()).toEqual(['first', 'by hand', 'first']);
  });

  it('has the made pictures of a failed run behind it, but begins a grid anew; what was stopped stays so', () => {
    const job: WaitingJob = {
      id: 1,
      prompt: 'a',
      recipes: microRecipes,
      grid: null,
      packUrl: 'models/micro/',
      modelName: 'Micro',
    };
    const line = withKeepGoing(withJob(emptyLine, { ...job, id: 2 }), true);
    const unmade = microRecipes.slice(3);
    const failed = (of: WaitingJob, left: typeof unmade) =>
      afterRun(line, of, { kind: 'failed', unmade: left }).waiting.map(({ recipes }) => recipes.length);
    expect(failed(job, unmade)).toEqual([1, 4]);
    expect(failed({ ...job, grid: { columns: ['a', 'b'], rows: ['c', 'd'] } }, unmade)).toEqual([4, 4]);
    expect(failed(job, [])).toEqual([4]);
    expect(goesOn(afterRun(line, job, { kind: 'failed', unmade }))).toBe(false);
    expect(goesOn(afterRun(line, job, { kind: 'stopped' }))).toBe(true);
  });
});
