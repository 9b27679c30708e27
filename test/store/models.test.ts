// Models: what the form asks for, and what the actions do with a stand-in for worker and storage.
import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import type { StoredPack } from '../../src/delivery/storedPacks.ts';
import { UserError } from '../../src/errors.ts';
import type { OwnPack } from '../../src/library/ownPacks.ts';
import { storageFailure, whyNoStorage } from '../../src/library/storageFailure.ts';
import { builtInModels, builtInPack } from '../../src/store/address.ts';
import { createModelActions } from '../../src/store/modelActions.ts';
import {
  createModelsStore,
  emptyForm,
  formComplaint,
  madeAtInWords,
  modelOnDevice,
} from '../../src/store/models.ts';
import { expectedPackBytes, recommendedWeightType } from '../../src/store/packSize.ts';
import { asUserError } from '../../src/store/userError.ts';
import type { ImportJob, ImportProgress, Inspection } from '../../src/worker/importProtocol.ts';
import { modelsWithoutStorage } from '../support/page.ts';

const inspections: Readonly<Record<string, Inspection>> = {
  'faces.pt': {
    kind: 'diffusion',
    weights: 1e6,
    layers: 2,
    width: 48,
    rows: 6,
    columns: 6,
    codebookSize: 40,
    heads: null,
  },
  'wide.pt': {
    kind: 'diffusion',
    weights: 1e6,
    layers: 2,
    width: 64,
    rows: 6,
    columns: 6,
    codebookSize: 40,
    heads: 2,
  },
  'training.pt': {
    kind: 'diffusion',
    weights: 1e6,
    layers: 2,
    width: 64,
    rows: 6,
    columns: 6,
    codebookSize: 40,
    heads: 2,
    hasBoth: true,
  },
  'vqgan.ckpt': { kind: 'vqgan', weights: 1e6, codebookSize: 40 },
  'released.pt': {
    kind: 'diffusion',
    weights: 515225600,
    layers: 24,
    width: 512,
    rows: 16,
    columns: 16,
    codebookSize: 4096,
    heads: 16,
  },
  'released.ckpt': { kind: 'vqgan', weights: 73980803, codebookSize: 4096 },
  'released-clip.pt': {
    kind: 'clip',
    weights: 151277312,
    embedSize: 512,
    vocabularySize: 49408,
    activation: 'quick-gelu',
  },
  'clip.pt': { kind: 'clip', weights: 1e6, embedSize: 48, vocabularySize: 49408, activation: 'quick-gelu' },
  'laion.pt': { kind: 'clip', weights: 1e6, embedSize: 48, vocabularySize: 49408, activation: null },
};

const ownPack = (id: string): OwnPack => ({
  id,
  name: id,
  license: 'unknown',
  bytes: 5,
  weightType: 'q4',
  madeAt: 0,
  problem: null,
});

function setUp() {
  const store = createModelsStore();
  const jobs: {
    job: ImportJob;
    signal: AbortSignal;
    onProgress: (progress: ImportProgress) => void;
    resolve: (id: string | null) => void;
    reject: (error: unknown) => void;
  }[] = [];
  const packs = new Map<string, OwnPack>();
  const opened: string[] = [];
  const stored = new Map<string, StoredPack>();
  /** Files with the addresses of their packs before them. */
  const spoiled: string[] = [];
  const stopped: string[] = [];
  const saved: { file: Blob; name: string }[] = [];
  const actions = createModelActions(store, {
    client: {
      async inspect({ name }, signal) {
        if (name === 'endless.pt') {
          return new Promise((_, reject) =>
            signal.addEventListener('abort', () => {
              stopped.push(name);
              reject(signal.reason);
            }),
          );
        }
        const found = inspections[name];
        if (!found) throw new UserError('checkpoint', `${name} is no checkpoint.`);
        return found;
      },
      convert: (job, onProgress, signal) =>
        new Promise((resolve, reject) => jobs.push({ job, signal, onProgress, resolve, reject })),
      async verify(pack, onProgress) {
        onProgress({ stage: 'check', doneBytes: 5, totalBytes: 5 });
        return { checked: 9, damaged: spoiled.filter((file) => file.startsWith(pack)) };
      },
    },
    library: {
      list: async () => [...packs.values()],
      remove: async (id) => void packs.delete(id),
      async files(id) {
        if (!packs.has(id)) throw new DOMException('A requested file or directory …', 'NotFoundError');
        return [{ path: 'pack.json', file: new File([id], 'pack.json') }];
      },
      // A question that the person leaves open.
      persist: () => new Promise(() => {}),
    },
    delivered: {
      list: async () => [...stored.values()],
      remove: async (address) => void stored.delete(address),
    },
    openPack: (address) => opened.push(address),
    openedPack: () => opened.at(-1) ?? builtInPack,
    save: (file, name) => saved.push({ file, name }),
    base: 'https://example.org/app/',
  });
  const choose = (...names: string[]) => actions.addFiles(names.map((name) => new File(['x'], name)));
  return {
    store,
    actions,
    jobs,
    packs,
    stored,
    spoiled,
    opened,
    saved,
    stopped,
    choose,
    state: store.getState,
  };
}

/** Three good files, and a conversion begun. */
async function converting() {
  const page = setUp();
  await page.choose('wide.pt', 'vqgan.ckpt', 'clip.pt');
  const done = page.actions.convert();
  await expect.poll(() => page.jobs.length).toBe(1);
  return { ...page, done };
}

describe('the form', () => {
  const complaint = (page: ReturnType<typeof setUp>) => formComplaint(page.state());

  it('says what is missing until everything is there', async () => {
    const page = setUp();
    expect(complaint(page)).toMatch(/^Needed: the diffusion model .*, the VQGAN .* and CLIP .*\.$/);
    await page.choose('vqgan.ckpt', 'holiday.jpg');
    expect(page.state().files[1].state).toEqual({
      kind: 'refused',
      message: 'holiday.jpg is no checkpoint.',
    });
    expect(complaint(page)).toBe(
      'Still missing: the diffusion model (.pt or .pth) and CLIP (OpenAI’s .pt or Hugging Face’s .safetensors).',
    );
    await page.choose('wide.pt', 'clip.pt');
    // A refused file is in nobody's way.
    expect(complaint(page)).toBeNull();
    expect(page.state().form).toEqual({ ...emptyForm, name: 'wide' });
    page.actions.edit({ name: '  ' });
    expect(complaint(page)).toBe('Give the model a name.');
  });

  it('knows how large the pack will be, and recommends 4 bits where it is large', async () => {
    const page = setUp();
    await page.choose('released.pt', 'released.ckpt');
    expect(expectedPackBytes(page.state().files, 'q4')).toBeNull();
    await page.choose('released-clip.pt');
    const { files } = page.state();
    // What `npm run fullsize` writes, without the tokenizer's 1.5 MB.
    for (const [weightType, bytes] of [
      ['q4', 620e6],
      ['int8', 817e6],
      ['fp16', 1435e6],
      ['fp32', 2917e6],
    ] as const) {
      expect(expectedPackBytes(files, weightType)! / bytes, weightType).toBeCloseTo(1, 1.5);
    }
    expect(recommendedWeightType(files)).toBe('q4');
    void page.actions.convert();
    await expect.poll(() => page.jobs.length).toBe(1);
    expect(page.jobs[0].job.weightType).toBe('q4');

    const small = setUp();
    await small.choose('wide.pt', 'vqgan.ckpt', 'clip.pt');
    expect(recommendedWeightType(small.state().files)).toBe('fp16');
    small.actions.edit({ weightType: 'int8' });
    void small.actions.convert();
    await expect.poll(() => small.jobs.length).toBe(1);
    expect(small.jobs[0].job.weightType).toBe('int8');
  });

  it('asks for heads only where the weights do not tell them', async () => {
    const page = setUp();
    await page.choose('faces.pt', 'vqgan.ckpt', 'clip.pt');
    expect(complaint(page)).toMatch(/how many attention heads/);
    for (const heads of ['5', '0', '-4', '2.5', 'four']) {
      page.actions.edit({ heads });
      expect(complaint(page), heads).toBe(
        `The number of heads must divide the model’s width, 48; “${heads}” doesn’t.`,
      );
    }
    page.actions.edit({ heads: '4' });
    expect(complaint(page)).toBeNull();
  });

  it('asks where CLIP comes from only where its file does not tell, and converts with the answer', async () => {
    const page = setUp();
    await page.choose('wide.pt', 'vqgan.ckpt', 'laion.pt');
    expect(page.state().files.map(({ state }) => state.kind)).not.toContain('refused');
    expect(complaint(page)).toBe('Choose where this CLIP comes from.');
    void page.actions.convert();
    expect(page.jobs).toEqual([]);
    page.actions.edit({ clipActivation: 'gelu' });
    expect(complaint(page)).toBeNull();
    void page.actions.convert();
    expect(page.jobs[0].job.clipActivation).toBe('gelu');

    // What was answered for another file is no answer for one that tells.
    const told = setUp();
    told.actions.edit({ clipActivation: 'gelu' });
    await told.choose('wide.pt', 'vqgan.ckpt', 'clip.pt');
    expect(complaint(told)).toBeNull();
    void told.actions.convert();
    expect(told.jobs[0].job.clipActivation).toBeNull();
  });

  it('converts plain weights where a file holds both and they are chosen', async () => {
    const page = setUp();
    await page.choose('training.pt', 'vqgan.ckpt', 'clip.pt');
    page.actions.edit({ weights: 'plain' });
    void page.actions.convert();
    expect(page.jobs[0].job.weights).toBe('plain');

    const without = setUp();
    await without.choose('wide.pt', 'vqgan.ckpt', 'clip.pt');
    without.actions.edit({ weights: 'plain' });
    void without.actions.convert();
    expect(without.jobs[0].job.weights).toBe('averages');
  });

  it('takes one file of a kind', async () => {
    const page = setUp();
    await page.choose('wide.pt', 'faces.pt', 'vqgan.ckpt', 'clip.pt');
    expect(complaint(page)).toBe('“wide.pt” and “faces.pt” are the same kind of file: keep just one.');
    page.actions.removeFile(page.state().files[0].id);
    page.actions.edit({ heads: '4' });
    expect(complaint(page)).toBeNull();
  });

  it('lets a file go that is still being read', async () => {
    const page = setUp();
    const chosen = page.choose('endless.pt');
    await expect.poll(() => page.state().files[0]?.state.kind).toBe('reading');
    page.actions.removeFile(page.state().files[0].id);
    await chosen;
    expect(page.stopped).toEqual(['endless.pt']);
    expect(page.state()).toMatchObject({ files: [], error: null });
  });

  it('says so when a folder has nothing to offer', async () => {
    const page = setUp();
    await page.choose();
    expect(page.state().notice).toMatch(/no \.pt, \.pth, \.ckpt or \.safetensors file/);
  });
});

describe('a conversion', () => {
  it('hands over the files by their kinds, shows its progress and ends in the list', async () => {
    const { jobs, packs, done, state } = await converting();
    expect(jobs[0].job).toMatchObject({
      files: { diffusion: { name: 'wide.pt' }, vqgan: { name: 'vqgan.ckpt' }, clip: { name: 'clip.pt' } },
      name: 'wide',
      heads: null,
      tokenizerUrl: 'https://example.org/app/models/portraits/',
    });
    const progress = { stage: 'write', doneBytes: 1, totalBytes: 2 } as const;
    jobs[0].onProgress(progress);
    expect(state().conversion).toEqual({ progress, stopping: false });
    packs.set('wide', ownPack('wide'));
    jobs[0].resolve('wide');
    await done;
    expect(state()).toMatchObject({ conversion: null, files: [], notice: '“wide” is in the list.' });
    expect(state().own.map(({ id }) => id)).toEqual(['wide']);
  });

  it('that is cancelled keeps the form', async () => {
    const { actions, jobs, done, state } = await converting();
    actions.cancel();
    expect(state().conversion?.stopping).toBe(true);
    expect(jobs[0].signal.aborted).toBe(true);
    jobs[0].resolve(null);
    await done;
    expect(state().files).toHaveLength(3);
    expect(state().conversion).toBeNull();
    expect(state().error).toBeNull();
  });

  it('that fails keeps the form and says why; it can be begun again', async () => {
    const { actions, jobs, done, state } = await converting();
    jobs[0].reject(new UserError('storage', 'The disk is full.'));
    await done;
    expect(state()).toMatchObject({ conversion: null, error: { message: 'The disk is full.' } });
    expect(state().files).toHaveLength(3);
    void actions.convert();
    await expect.poll(() => jobs.length).toBe(2);
    expect(state().error).toBeNull();
  });

  it('is one at a time, and takes no files meanwhile', async () => {
    const { actions, choose, jobs, state } = await converting();
    void actions.convert();
    await choose('faces.pt');
    expect(jobs).toHaveLength(1);
    expect(state().files).toHaveLength(3);
  });
});

describe('own models', () => {
  it('are opened by their address, and give way to the built-in one when they are deleted', async () => {
    const { actions, packs, opened, state } = setUp();
    packs.set('a', ownPack('a')).set('b', ownPack('b'));
    await actions.refresh();
    actions.use('own:a');
    await actions.remove(ownPack('b'));
    expect(opened).toEqual(['own:a']);
    await actions.remove(ownPack('a'));
    expect(opened).toEqual(['own:a', builtInPack]);
    expect(state().own).toEqual([]);
    expect(state().notice).toBe('“a” was deleted.');
  });

  it('are exported under their id', async () => {
    const { actions, packs, saved } = setUp();
    packs.set('a', ownPack('a'));
    await actions.exportPack(ownPack('a'));
    expect(saved[0].name).toBe('a.zip');
    expect(await saved[0].file.text()).toContain('a/pack.json');
  });
});

describe('own models in two tabs', () => {
  it('deleted in the other one, say so instead of being exported, and leave the list', async () => {
    const { actions, packs, state } = setUp();
    packs.set('a', ownPack('a'));
    await actions.refresh();
    packs.clear();
    await actions.exportPack(ownPack('a'));
    expect(state().error?.message).toBe('“a” is no longer there: it was deleted, perhaps in another tab.');
    expect(state().exporting).toBeNull();
    await expect.poll(() => state().own).toEqual([]);
  });

  it('are told apart by when they were made, where they share a name', () => {
    const at = (id: string, name: string, minute: number): OwnPack => ({
      ...ownPack(id),
      name,
      madeAt: Date.UTC(2026, 10, 26, 9, minute),
    });
    const own = [at('faces', 'Faces', 1), at('faces-2', 'Faces', 2), at('cats', 'Cats', 3)];
    const words = own.map((pack) => madeAtInWords(pack, own));
    expect(words[0]).toMatch(/2026/);
    expect(words[0]).not.toBe(words[1]);
    expect(words[2]).toBeNull();
  });
});

describe('without storage', () => {
  it('built-in models open, and files get the reason', async () => {
    const opened: string[] = [];
    const { store, actions } = modelsWithoutStorage((address) => opened.push(address));
    await actions.refresh();
    expect(store.getState()).toMatchObject({ error: null, own: [] });
    await actions.addFiles([new File(['x'], 'a.pt')]);
    expect(store.getState().error).toMatchObject({ code: 'storage', message: 'There is no storage here.' });
    expect(store.getState().files).toEqual([]);
    actions.use(builtInPack);
    expect(opened).toEqual([builtInPack]);
  });

  it.each([
    ['https, or on localhost', { isSecureContext: false, navigator: {} }],
    ['update it, or use another one', { isSecureContext: true, navigator: { storage: {} } }],
  ])('says why: %s', (words, surroundings) => {
    for (const [name, value] of Object.entries(surroundings)) vi.stubGlobal(name, value);
    expect(whyNoStorage()).toContain(words);
    vi.unstubAllGlobals();
  });
});

it.each([
  ['QuotaExceededError', /^The browser’s storage is full/],
  ['NotFoundError', /^Gone\.$/],
  ['SecurityError', /leave private browsing/],
  ['NoModificationAllowedError', /^Another tab is using this model/],
])('%s is put in our words', (name, message) => {
  const words = 'The operation failed because it would cause the application to exceed its storage quota.';
  expect(storageFailure(new DOMException(words, name), 'Gone.')).toMatchObject({
    name: 'UserError',
    message,
  });
  expect(asUserError(new DOMException(words, name)).message).not.toContain('Something went wrong');
});

it('the built-in models are called as their pack.json say', () => {
  for (const { pack, name } of builtInModels) {
    const path = new URL(`../../public/${pack}pack.json`, import.meta.url);
    expect(JSON.parse(readFileSync(path, 'utf8')).name).toBe(name);
  }
});

describe('fetched models', () => {
  const faces: StoredPack = {
    id: 'faces',
    address: 'https://example.org/app/models/faces/',
    name: 'Faces',
    license: 'MIT',
    bytes: 5,
    usedAt: 1,
  };

  it('are opened by what was typed, and an address that is none is told', async () => {
    const { actions, opened, state } = setUp();
    expect(actions.useAddress(' https://huggingface.co/somebody/faces ')).toBe(true);
    expect(opened).toEqual(['https://huggingface.co/somebody/faces']);
    expect(actions.useAddress('javascript:alert(1)')).toBe(false);
    expect(opened).toHaveLength(1);
    expect(state().error?.message).toMatch(/is not the address of a model folder/);
  });

  it('are checked, named as in the page’s address, and what was found is said', async () => {
    const { actions, spoiled, state } = setUp();
    await actions.verify('models/faces', 'Faces');
    expect(state()).toMatchObject({
      verifying: null,
      error: null,
      notice: expect.stringContaining('all 9 files'),
    });
    spoiled.push(`${faces.address}denoiser.onnx`, `${faces.address}decoder.onnx`, 'own:mine');
    await actions.verify('models/faces', 'Faces');
    expect(state().error?.message).toMatch(/damaged on this device: “https.* and 1 more\. .* fetched again/);
    await actions.verify('own:mine', 'Mine');
    expect(state().error?.message).toMatch(/bring its weights again/);
  });

  it('are deleted, and the list says so', async () => {
    const { actions, stored, state } = setUp();
    stored.set(faces.address, faces);
    await actions.refresh();
    expect(state().stored).toEqual([faces]);
    await actions.removeStored(faces);
    expect(state()).toMatchObject({ stored: [], notice: 'The files of “Faces” were deleted.' });
  });
});

describe('the model that a recipe names', () => {
  const brought = (id: string, problem: string | null = null): OwnPack => ({
    id,
    name: `My ${id}`,
    license: 'MIT',
    bytes: 5,
    weightType: 'fp16',
    madeAt: 1,
    problem,
  });
  const fetched = (id: string, usedAt: number | null): StoredPack => ({
    address: `https://example.org/${id}/`,
    id,
    name: `Their ${id}`,
    license: 'MIT',
    bytes: 5,
    usedAt,
  });

  it('is found among those that were brought, and those that were fetched as a whole', () => {
    const here = {
      own: [brought('faces'), brought('broken', 'It is damaged.')],
      stored: [fetched('faces', 1), fetched('birds', 1), fetched('half', null), fetched('broken', 2)],
    };
    expect(modelOnDevice('faces', here)).toEqual({ pack: 'own:faces', name: 'My faces' });
    expect(modelOnDevice('birds', here)).toEqual({ pack: 'https://example.org/birds/', name: 'Their birds' });
    expect(modelOnDevice('broken', here)).toEqual({
      pack: 'https://example.org/broken/',
      name: 'Their broken',
    });
    expect(modelOnDevice('half', here)).toBeNull();
    expect(modelOnDevice('cats', here)).toBeNull();
  });
});
