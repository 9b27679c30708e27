import { describe, expect, it } from 'vitest';
import { keepDraft, parseDraft, withinModel } from '../../src/store/keptDraft.ts';
import { browserShelf } from '../../src/store/shelf.ts';
import { createAppStore } from '../../src/store/store.ts';
import { microManifest } from '../support/page.ts';
import { memoryShelf, nonsense, storagesThatFail } from '../support/shelf.ts';

const written = {
  prompt: 'a man with \ud83d half a character',
  avoid: 'a hat',
  seed: '77',
  seedLocked: true,
  steps: 33,
  guidance: 2.5,
  truncation: { kind: 'topR', r: 0.5 },
  redraw: 0.1,
  looks: null,
  candidates: 2,
  sampler: 'authors-fast',
} as const;

/** The form after a reload, of what this one held. */
function reloaded(change: Partial<ReturnType<ReturnType<typeof createAppStore>['getState']>['draft']>) {
  const shelf = memoryShelf();
  const before = createAppStore();
  keepDraft(before, shelf);
  before.setState(({ draft }) => ({ draft: { ...draft, ...change }, tunedFor: 'models/micro/' }));
  const after = createAppStore();
  keepDraft(after, shelf);
  return after.getState();
}

describe('a kept form', () => {
  it('comes back whole, with the model it was made for', () => {
    expect(reloaded(written)).toMatchObject({ draft: written, tunedFor: 'models/micro/' });
  });

  it('of before, without looks, comes back whole as well', () => {
    const { looks: _, ...before } = written;
    const kept = parseDraft(JSON.stringify({ schema: 1, tunedFor: 'models/micro/', draft: before }));
    expect(kept).toEqual({ draft: written, tunedFor: 'models/micro/' });
  });

  it('leaves a seed that was not locked behind, however the next is drawn', () => {
    expect(reloaded({ ...written, seedLocked: false }).draft).toMatchObject({ seed: '0', seedLocked: false });
  });

  it.each(nonsense)('changes nothing where something else lies: %s', (text) => {
    const shelf = memoryShelf(new Map([['clip-vqdiffusion.draft', text]]));
    const store = createAppStore();
    keepDraft(store, shelf);
    expect(store.getState()).toEqual(createAppStore().getState());
    expect(Object.getPrototypeOf(store.getState().draft)).toBe(Object.prototype);
  });

  it('takes each field for itself, and the model’s defaults where one was wrong', () => {
    const kept = (change: object) =>
      parseDraft(JSON.stringify({ schema: 1, tunedFor: 'models/micro/', draft: { ...written, ...change } }))!;
    expect(kept({})).toEqual({
      draft: { ...written, truncation: { kind: 'topR', r: 0.5 } },
      tunedFor: 'models/micro/',
    });
    for (const [field, value] of Object.entries({
      prompt: 'x'.repeat(8001),
      avoid: 7,
      seed: 77,
      seedLocked: 'true',
      steps: 2.5,
      guidance: 101,
      truncation: { kind: 'topK', k: 0 },
      looks: 2,
      candidates: 17,
      sampler: 'fast',
    })) {
      const { draft, tunedFor } = kept({ [field]: value });
      const { [field as keyof typeof written]: _, ...others } = written;
      expect(draft, field).toEqual(others);
      expect(tunedFor, field).toBeNull();
    }
  });

  it('is brought within what the model takes', () => {
    const { draft } = createAppStore().getState();
    const wide = { ...draft, steps: 101, truncation: { kind: 'topK', k: 6 } } as const;
    expect(withinModel(wide, microManifest)).toMatchObject({ steps: 100, truncation: { kind: 'none' } });
    const narrow = { ...draft, steps: 7, truncation: { kind: 'topK', k: 5 } } as const;
    expect(withinModel(narrow, microManifest)).toEqual(narrow);
  });

  it.each(storagesThatFail)('is not kept, and not missed, where storage is %s', (_, storage) => {
    const store = createAppStore();
    keepDraft(store, browserShelf(storage));
    store.setState(({ draft }) => ({ draft: { ...draft, prompt: 'a face' } }));
    expect(store.getState().draft.prompt).toBe('a face');
  });
});
