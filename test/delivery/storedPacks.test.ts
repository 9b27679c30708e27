// Several packs in one store: what they share is there once, and goes with the last of them.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BlobStore } from '../../src/delivery/blobStore.ts';
import { deliveredPack } from '../../src/delivery/deliveredPack.ts';
import { filesAddress } from '../../src/delivery/huggingFace.ts';
import { memoryStore } from '../../src/delivery/memoryStore.ts';
import { storedPacks } from '../../src/delivery/storedPacks.ts';
import { verifyPack } from '../../src/delivery/verifyPack.ts';
import { packFiles } from '../../src/pack/packFiles.ts';
import { deliveryPack } from '../support/deliveryPack.ts';
import { type Files, type TroubledServer, troubledServer } from '../support/troubledServer.ts';

let server: TroubledServer;
const files: Files = new Map();
let store: BlobStore;

beforeAll(async () => {
  server = await troubledServer(files);
  // Alike but for their denoisers.
  for (const [name, denoiser] of [
    ['one', 5000],
    ['two', 6000],
  ] as const) {
    for (const [path, bytes] of deliveryPack(name, { denoiser }, `${name}/`)) files.set(path, bytes);
  }
});
afterAll(() => server.close());
beforeEach(() => {
  store = { ...memoryStore(), lasts: 'disk' };
});

const address = (name: string) => `${server.url}${name}/`;
async function open(name: string, now = 1) {
  const pack = deliveredPack(address(name), { store, origin: undefined, now: () => now });
  await pack.files(packFiles(await pack.manifest()), () => {});
}
const hashOf = (path: string) => createHash('sha256').update(files.get(path)!).digest('hex');
const list = () => storedPacks(async () => store).list();
const remove = (name: string) => storedPacks(async () => store).remove(address(name));

describe('stored packs', () => {
  it('are listed, those used last first', async () => {
    await open('one', 1000);
    await open('two', 2000);
    const found = await list();
    expect(found).toMatchObject([
      { address: address('two'), name: 'two', usedAt: 2000 },
      { address: address('one'), name: 'one', usedAt: 1000 },
    ]);
    expect(found[0].bytes - found[1].bytes).toBe(1000);
    await open('one', 3000);
    expect((await list()).map(({ name }) => name)).toEqual(['one', 'two']);
  });

  it('share what is the same: it is fetched once, and goes with the last', async () => {
    await open('one');
    await server.begin();
    await open('two');
    expect(server.requests.map(({ path }) => path)).toEqual(['two/pack.json', 'two/denoiser.onnx']);
    await remove('one');
    expect(await store.folders()).not.toContain(hashOf('one/denoiser.onnx'));
    await server.begin();
    await open('two');
    expect(server.requests.map(({ path }) => path)).toEqual(['two/pack.json']);
    await remove('two');
    expect(await store.folders()).toEqual([]);
  });

  it('that never came to be whole say so, and keep what there is of them', async () => {
    const pack = deliveredPack(address('one'), { store, origin: undefined });
    const wanted = packFiles(await pack.manifest());
    await pack.files(wanted.slice(0, 1), () => {});
    // As an interrupted tab leaves it.
    await store.write(
      (await store.folders()).find((folder) => folder.startsWith('pack-'))!,
      'used',
      new Uint8Array(),
    );
    expect(await list()).toMatchObject([{ name: 'one', usedAt: null, bytes: wanted[0].bytes }]);
    await open('two');
    expect(await store.folders()).toContain(wanted[0].sha256);
  });

  it('of a newer page are not swept away with what nobody needs', async () => {
    await open('one');
    const folder = (await store.folders()).find((each) => each.startsWith('pack-'))!;
    const newer = { version: 99, everything: [{ sha256: hashOf('one/denoiser.onnx') }] };
    await store.write(folder, 'pack.json', new TextEncoder().encode(JSON.stringify(newer)));
    await open('two');
    expect(await store.folders()).toContain(hashOf('one/denoiser.onnx'));
    expect((await list()).map(({ name }) => name)).toEqual(['two']);
  });

  it('are checked file by file: what the disk spoiled is named, goes, and is fetched anew', async () => {
    await open('one');
    const seen: number[] = [];
    const check = () => verifyPack(store, address('one'), (done, total) => seen.push(done / total));
    const whole = await check();
    expect(whole.damaged).toEqual([]);
    expect(whole.checked).toBeGreaterThan(5);
    expect(seen.at(-1)).toBe(1);
    const spoiled = (await store.read(hashOf('one/denoiser.onnx'), '0'))!;
    spoiled[4000] ^= 16;
    await store.write(hashOf('one/denoiser.onnx'), '0', spoiled);
    expect(await check()).toEqual({ checked: whole.checked, damaged: ['denoiser.onnx'] });
    expect((await check()).checked).toBe(whole.checked - 1);
    await server.begin();
    await open('one');
    expect(server.requests.map(({ path }) => path)).toEqual(['one/pack.json', 'one/denoiser.onnx']);
  });
});

it.each([
  ['https://huggingface.co/somebody/faces', 'https://huggingface.co/somebody/faces/resolve/main'],
  ['https://huggingface.co/somebody/faces/', 'https://huggingface.co/somebody/faces/resolve/main'],
  ['https://hf.co/somebody/faces/tree/v2/q4', 'https://huggingface.co/somebody/faces/resolve/v2/q4'],
  [
    'https://huggingface.co/somebody/faces/blob/main/q4/pack.json',
    'https://huggingface.co/somebody/faces/resolve/main/q4',
  ],
  [
    'https://huggingface.co/somebody/faces/resolve/main/q4/',
    'https://huggingface.co/somebody/faces/resolve/main/q4/',
  ],
  ['https://huggingface.co/spaces/somebody/page', 'https://huggingface.co/spaces/somebody/page'],
  ['https://models.example/tree/main', 'https://models.example/tree/main'],
])('the page of a repository leads to its files: %s', (page, found) => {
  expect(filesAddress(new URL(page)).href).toBe(found);
});
