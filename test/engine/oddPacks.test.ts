// Packs whose files are whole but do not fit together: said in one sentence, and never drawn as noise.
import { createHash } from 'node:crypto';
import { beforeAll, expect, it, vi } from 'vitest';
import { openNodeRuntime } from '../../src/cli/nodeRuntime.ts';
import { openEngine, type ReportingRuntime } from '../../src/engine/engine.ts';
import type { PackManifest } from '../../src/pack/manifest.ts';
import { convertMicroPack, type PackInMemory, packInMemory } from '../support/microPack.ts';

let pack: PackInMemory;
beforeAll(async () => {
  pack = await convertMicroPack();
});

/** The pack with another pack.json, and with files in place of its own. */
function withManifest(
  change: (manifest: PackManifest) => Partial<PackManifest>,
  files: Readonly<Record<string, Uint8Array>> = {},
): PackInMemory {
  const manifest: PackManifest = JSON.parse(new TextDecoder().decode(pack.get('pack.json')));
  const text = JSON.stringify({ ...manifest, ...change(manifest) });
  return new Map([...pack, ...Object.entries(files), ['pack.json', new TextEncoder().encode(text)]]);
}

/** Sessions that were made and not released yet. */
let live = 0;

async function countingRuntime(): Promise<ReportingRuntime> {
  const runtime = await openNodeRuntime(1);
  const create = async (...given: Parameters<typeof runtime.ort.InferenceSession.create>) => {
    const session = await runtime.ort.InferenceSession.create(...given);
    const { release } = session;
    live++;
    session.release = () => {
      live--;
      return release.call(session);
    };
    return session;
  };
  return {
    ...runtime,
    ort: { ...runtime.ort, InferenceSession: { create } } as unknown as ReportingRuntime['ort'],
  };
}

/** Opens a pack, and draws nothing: what does not fit together is found before. */
async function open(files: PackInMemory): Promise<void> {
  const engine = await openEngine({
    fetchFile: packInMemory(files),
    provider: 'wasm',
    openRuntime: countingRuntime,
    onProgress: () => {},
  });
  await engine.dispose();
}

const entryOf = (file: string, bytes: Uint8Array) => ({
  file,
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

it('with a tokenizer that is not JSON', async () => {
  const bytes = new TextEncoder().encode('{"model":');
  const model = entryOf('tokenizer.json', bytes);
  const files = withManifest(({ tokenizer }) => ({ tokenizer: { ...tokenizer, model } }), {
    'tokenizer.json': bytes,
  });
  await expect(open(files)).rejects.toMatchObject({
    code: 'pack-invalid',
    message: 'tokenizer.json is not JSON: convert the pack again.',
  });
});

it.each<[string, string, (manifest: PackManifest) => Partial<PackManifest>]>([
  ['more timesteps', 'denoiser knows 100 values of timestep', () => ({ timesteps: 101 })],
  ['larger pictures', 'decoder gives 432 numbers where', () => ({ image: { width: 24, height: 24 } })],
  ['pictures turned round', 'decoder gives [3,12,12] where', () => ({ image: { width: 9, height: 16 } })],
])('whose graphs were made for another pack.json, one of %s', async (_, message, change) => {
  await expect(open(withManifest(change))).rejects.toMatchObject({
    code: 'pack-corrupt',
    message: expect.stringContaining(`The graph ${message}`),
  });
  // What was opened before it was found is let go.
  expect(live).toBe(0);
});

it('with a graph that is none: those opened before it are let go', async () => {
  const bytes = new TextEncoder().encode('this is no graph');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const file = { file: 'decoder.onnx', bytes: bytes.length, sha256 };
  const files = withManifest(({ graphs }) => ({ graphs: { ...graphs, decoder: { fp32: file } } }), {
    'decoder.onnx': bytes,
  });
  await expect(open(files)).rejects.toMatchObject({ message: expect.stringContaining('decoder') });
  expect(live).toBe(0);
});

it('without one of its files: the others are not waited for, and a runtime that fails as well is not heard of', async () => {
  const whole = packInMemory(new Map([...pack].filter(([path]) => path !== 'decoder.onnx')));
  let cancelled = false;
  // One that would go on for ever.
  const endless = new ReadableStream({
    pull: (controller) =>
      new Promise((resolve) => setTimeout(resolve, 5, controller.enqueue(new Uint8Array(1)))),
    cancel: () => {
      cancelled = true;
    },
  });
  const opening = openEngine({
    fetchFile: async (path) => (path === 'denoiser.onnx' ? new Response(endless) : whole(path)),
    provider: 'wasm',
    openRuntime: () => Promise.reject(new Error('no runtime')),
    onProgress: () => {},
  });
  await expect(opening).rejects.toMatchObject({ code: 'pack-missing' });
  await vi.waitFor(() => expect(cancelled).toBe(true));
});

it('that lists one file for two graphs gets it once', async () => {
  const asked: string[] = [];
  const files = withManifest(({ graphs }) => ({ graphs: { ...graphs, image_encoder: graphs.decoder } }));
  const opening = openEngine({
    fetchFile: (path) => {
      asked.push(path);
      return packInMemory(files)(path);
    },
    provider: 'wasm',
    openRuntime: () => openNodeRuntime(1),
    onProgress: ({ stage, loadedBytes, totalBytes }) => {
      if (stage === 'prepare') expect(loadedBytes).toBe(totalBytes);
    },
  });
  await expect(opening).rejects.toThrow('The graph image_encoder has no input “image”');
  expect(asked.filter((path) => path === 'decoder.onnx')).toHaveLength(1);
});
