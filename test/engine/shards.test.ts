// A pack whose graphs have their weights in data files, as packs of gigabytes do, opened like any other.
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { openNodeRuntime } from '../../src/cli/nodeRuntime.ts';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { type PackManifest, parseManifest } from '../../src/pack/manifest.ts';
import { packFiles } from '../../src/pack/packFiles.ts';
import type { ImageTokens, LoadProgress } from '../../src/types.ts';
import { convertMicroPack, type PackInMemory, packInMemory } from '../support/microPack.ts';

const MOST = 200_000;

let whole: PackInMemory;
let split: PackInMemory;
let manifest: PackManifest;
beforeAll(async () => {
  whole = await convertMicroPack('fp16');
  split = await convertMicroPack('fp16', MOST);
  manifest = parseManifest(JSON.parse(new TextDecoder().decode(split.get('pack.json'))));
});

function open(pack: PackInMemory, onProgress: (progress: LoadProgress) => void = () => {}): Promise<Engine> {
  return openEngine({
    fetchFile: packInMemory(pack),
    provider: 'wasm',
    openRuntime: () => openNodeRuntime(1),
    onProgress,
  });
}

async function outputs(engine: Engine) {
  const condition = await engine.encodeText(engine.tokenize('a woman with a hat').ids);
  const tokens = Int32Array.from({ length: 36 }, (_, position) => position) as ImageTokens;
  const predict = await engine.denoiser.condition([condition], [null], 2);
  const pixels = await engine.decode(tokens);
  return { condition, logits: await predict(tokens, 50), pixels, seen: await engine.encodeImage(pixels) };
}

describe('data files', () => {
  it('are several, none too large, each listed with its size and hash', () => {
    const { data = [] } = manifest.graphs.denoiser.fp16!;
    expect(data.length).toBeGreaterThan(1);
    expect(
      packFiles(manifest)
        .map(({ file }) => file)
        .sort(),
    ).toEqual([...split.keys()].filter((path) => path !== 'pack.json').sort());
    for (const { file, bytes, sha256 } of data) {
      expect(bytes).toBeLessThanOrEqual(MOST);
      expect(split.get(file)).toHaveLength(bytes);
      expect(createHash('sha256').update(split.get(file)!).digest('hex')).toBe(sha256);
    }
  });

  it('give what the same graphs give in one piece, to the last bit', async () => {
    let last: LoadProgress | undefined;
    const engines = [
      await open(whole),
      await open(split, (progress) => {
        last = progress;
      }),
    ];
    const [expected, found] = await Promise.all(engines.map(outputs));
    expect(found).toEqual(expected);
    expect(last!.loadedBytes).toBe(last!.totalBytes);
    for (const engine of engines) await engine.dispose();
  });

  it('that are damaged are named', async () => {
    const { file } = manifest.graphs.denoiser.fp16!.data![1];
    const bytes = split.get(file)!.slice();
    bytes[7] ^= 1;
    await expect(open(new Map(split).set(file, bytes))).rejects.toMatchObject({
      code: 'pack-corrupt',
      message: expect.stringContaining(file),
    });
  });

  it('are not fetched any further once one of them fails', async () => {
    const { file } = manifest.graphs.denoiser.fp16!.data![0];
    const left: string[] = [];
    const endless = async (path: string) => {
      if (path === file) return new Response(null, { status: 404 });
      if (path === 'pack.json') return packInMemory(split)(path);
      // One byte at a time, for ever.
      return new Response(
        new ReadableStream({
          pull: async (controller) => {
            await new Promise((resolve) => setTimeout(resolve, 1));
            controller.enqueue(new Uint8Array(1));
          },
          cancel: () => void left.push(path),
        }),
      );
    };
    const opening = openEngine({
      fetchFile: endless,
      provider: 'wasm',
      openRuntime: () => openNodeRuntime(1),
      onProgress: () => {},
    });
    await expect(opening).rejects.toMatchObject({ message: expect.stringContaining(file) });
    await expect.poll(() => left).toContain(manifest.graphs.denoiser.fp16!.file);
    await expect.poll(() => left).toContain(manifest.graphs.text_encoder.fp16!.file);
  });

  it('that are missing are named', async () => {
    const { file } = manifest.graphs.denoiser.fp16!.data![0];
    const files = new Map(split);
    files.delete(file);
    await expect(open(files)).rejects.toMatchObject({
      code: 'pack-missing',
      message: expect.stringContaining(file),
    });
  });

  it('are refused where pack.json lists them wrongly', () => {
    const { graphs } = manifest;
    const wrong = (data: unknown) => ({
      ...manifest,
      graphs: { ...graphs, denoiser: { fp16: { ...graphs.denoiser.fp16, data } } },
    });
    expect(() => parseManifest(wrong('weights.data'))).toThrow('graphs.denoiser.fp16.data should be a list');
    expect(() =>
      parseManifest(wrong([{ file: '../weights.data', bytes: 1, sha256: '0'.repeat(64) }])),
    ).toThrow('graphs.denoiser.fp16.data.0.file');
  });
});
