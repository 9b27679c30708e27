// Three files in, a pack out.
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ConvertOptions, type ConvertProgress, convert } from '../../src/convert/convert.ts';
import type { PackSink } from '../../src/convert/packWriter.ts';
import { bytesSource } from '../../src/convert/source.ts';
import { graphNames, type PackManifest, parseManifest } from '../../src/pack/manifest.ts';
import { goldenFile } from '../support/checkpoints.ts';
import { openModel } from '../support/onnx.ts';
import { readGolden } from '../support/safetensors.ts';

const sources = {
  diffusion: bytesSource(goldenFile('diffusion_tiny.pt')),
  vqgan: bytesSource(goldenFile('vqgan_tiny.ckpt')),
  clip: bytesSource(goldenFile('clip_small_2head.pt')),
};

const options: ConvertOptions = {
  id: 'tiny',
  name: 'Tiny',
  license: 'none',
  heads: 4,
  tokenizer: { model: '{"model":1}', config: '{"config":1}' },
};

function memorySink(): PackSink & { files: Map<string, Buffer> } {
  const files = new Map<string, Buffer>();
  return {
    files,
    async write(path, chunks) {
      const pieces: Uint8Array[] = [];
      for await (const chunk of chunks) pieces.push(chunk.slice());
      files.set(path, Buffer.concat(pieces));
    },
  };
}

describe('convert', () => {
  const sink = memorySink();
  const progress: ConvertProgress[] = [];
  let manifest: PackManifest;
  beforeAll(async () => {
    manifest = await convert(sources, options, sink, (each) => progress.push(each));
  });

  test('every file is there with the size and hash that pack.json says, and pack.json came last', () => {
    const written = [...sink.files.keys()];
    expect(written.at(-1)).toBe('pack.json');
    expect(written).toHaveLength(9);
    const read = parseManifest(JSON.parse(sink.files.get('pack.json')!.toString('utf8')));
    expect(read).toEqual(manifest);
    for (const entry of [
      ...graphNames.map((name) => manifest.graphs[name]!.fp16!),
      ...Object.values(manifest.tokenizer),
    ]) {
      const bytes = sink.files.get(entry.file)!;
      expect(bytes.byteLength).toBe(entry.bytes);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(entry.sha256);
    }
  });

  test('sizes come from the tensors, defaults from the authors', () => {
    expect(manifest).toMatchObject({
      image: { width: 12, height: 12 },
      grid: { rows: 6, columns: 6 },
      codebookSize: 40,
      timesteps: 100,
      schedule: { type: 'alpha1', alphaBar: [0.99999, 0.000009], gammaBar: [0.000009, 0.99999] },
      conditionSize: 48,
      layers: 2,
      clip: { contextLength: 77, vocabularySize: 512, imageSize: 32 },
      clipScale: 100,
      defaults: {
        steps: 25,
        guidance: 1.15,
        truncation: { kind: 'topR', r: 0.85 },
        candidates: 4,
        promptPrefix: '',
      },
    });
  });

  test('the null condition is as stored', () => {
    const bytes = Buffer.from(manifest.emptyTextEmbedding, 'base64');
    const values = new Float32Array(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    );
    const golden = readGolden('diffusion/forward.safetensors').numbers('empty_text_embed');
    expect(Array.from(values)).toEqual(Array.from(golden));
  });

  test('the written graphs run', async () => {
    const decode = await openModel(sink.files.get('decoder.fp16.onnx')!);
    const { image } = await decode({ tokens: { data: new Int32Array(2 * 36), shape: [2, 36] } });
    expect(image.shape).toEqual([2, 3, 12, 12]);
  });

  test('progress counts every file to its end', () => {
    const ends = progress.flatMap((each) =>
      each.stage === 'write' && each.writtenBytes === each.totalBytes ? [each.file] : [],
    );
    expect([...ends, 'pack.json']).toEqual([...sink.files.keys()]);
    expect(progress.filter(({ stage }) => stage === 'check')).toHaveLength(3);
  });
});

test('the same checkpoint gives the same files, and fp32 twice as many bytes', async () => {
  const first = await convert(sources, options, memorySink());
  const second = await convert(sources, options, memorySink());
  expect(second).toEqual(first);
  const full = await convert(sources, { ...options, weightType: 'fp32' }, memorySink());
  const ratio = full.graphs.denoiser.fp32!.bytes / first.graphs.denoiser.fp16!.bytes;
  expect(ratio).toBeGreaterThan(1.9);
});

test('the score of a match is said where it is given', async () => {
  expect(await convert(sources, options, memorySink())).not.toHaveProperty('matchScore');
  const given = await convert(sources, { ...options, matchScore: 0.43 }, memorySink());
  expect(given.matchScore).toBe(0.43);
});

test('an aborted conversion leaves no pack.json', async () => {
  const sink = memorySink();
  const controller = new AbortController();
  const conversion = convert(
    sources,
    options,
    sink,
    (each) => {
      if (each.stage === 'write' && each.file.startsWith('denoiser')) controller.abort();
    },
    controller.signal,
  );
  await expect(conversion).rejects.toMatchObject({ name: 'AbortError' });
  expect(sink.files.has('pack.json')).toBe(false);
  expect(sink.files.has('decoder.fp16.onnx')).toBe(false);
});

test('bad options are found before anything is written', async () => {
  const sink = memorySink();
  await expect(convert(sources, { ...options, id: 'no spaces please', name: ' ' }, sink)).rejects.toThrow(
    /id should be .*name should be/,
  );
  expect(sink.files.size).toBe(0);
});
