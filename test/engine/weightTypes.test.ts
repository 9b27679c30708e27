// Packs whose graphs are stored in different ways, opened like any other.
import { beforeAll, describe, expect, it } from 'vitest';
import { openNodeRuntime } from '../../src/cli/nodeRuntime.ts';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { graphNames, type PackManifest, parseManifest } from '../../src/pack/manifest.ts';
import { packFiles } from '../../src/pack/packFiles.ts';
import type { Condition, ImageTokens } from '../../src/types.ts';
import { maxAbsDifference } from '../support/compare.ts';
import { convertMicroPack, type PackInMemory, packInMemory } from '../support/microPack.ts';

const manifestOf = (pack: PackInMemory): PackManifest =>
  parseManifest(JSON.parse(new TextDecoder().decode(pack.get('pack.json'))));

function open(pack: PackInMemory, onTotal: (bytes: number) => void = () => {}): Promise<Engine> {
  return openEngine({
    fetchFile: packInMemory(pack),
    provider: 'wasm',
    openRuntime: () => openNodeRuntime(1),
    onProgress: ({ totalBytes }) => onTotal(totalBytes),
  });
}

const tokens = Int32Array.from({ length: 36 }, (_, position) => position) as ImageTokens;

async function outputs(engine: Engine, given?: Condition) {
  const condition = await engine.encodeText(engine.tokenize('a woman with a hat').ids);
  const predict = await engine.denoiser.condition([given ?? condition], [null], 1);
  return { condition, logits: await predict(tokens, 50), pixels: await engine.decode(tokens) };
}

describe('weights in 8 bits', () => {
  let full: PackInMemory;
  let small: PackInMemory;
  beforeAll(async () => {
    full = await convertMicroPack('fp32');
    small = await convertMicroPack('int8');
  });

  it('are those of all graphs but the VQGAN’s', () => {
    const { graphs } = manifestOf(small);
    expect(Object.fromEntries(graphNames.map((name) => [name, Object.keys(graphs[name]!)]))).toEqual({
      text_encoder: ['int8'],
      conditioner: ['int8'],
      denoiser: ['int8'],
      decoder: ['fp16'],
      encoder: ['fp16'],
      image_encoder: ['int8'],
    });
    const bytes = (pack: PackInMemory) =>
      Object.values(manifestOf(pack).graphs.denoiser).reduce((sum, file) => sum + file.bytes, 0);
    expect(bytes(small) / bytes(full)).toBeLessThan(0.4);
  });

  it('give nearly what single precision gives', async () => {
    const engines = { full: await open(full), small: await open(small) };
    expect(engines.small.device.weightType).toBe('int8');
    const expected = await outputs(engines.full);
    const found = await outputs(engines.small, expected.condition);
    // Measured 0.004, 0.12 (of logits with a standard deviation of 3) and 0.0008.
    expect(maxAbsDifference(found.condition, expected.condition)).toBeLessThan(0.01);
    expect(maxAbsDifference(found.logits, expected.logits)).toBeLessThan(0.2);
    expect(maxAbsDifference(found.pixels, expected.pixels)).toBeLessThan(0.002);
    for (const engine of Object.values(engines)) await engine.dispose();
  });

  it('are taken where a graph is there in single precision as well', async () => {
    const large = manifestOf(full);
    const both: PackManifest = {
      ...large,
      graphs: {
        ...large.graphs,
        denoiser: { ...large.graphs.denoiser, ...manifestOf(small).graphs.denoiser },
      },
    };
    const files = new Map([...full, ...small]);
    files.set('pack.json', new TextEncoder().encode(JSON.stringify(both)));
    let total = 0;
    const engine = await open(files, (bytes) => {
      total = bytes;
    });
    expect(engine.device.weightType).toBe('int8');
    const unread = both.graphs.denoiser.fp32!.bytes + both.graphs.encoder!.fp32!.bytes;
    expect(total).toBe(packFiles(both).reduce((sum, { bytes }) => sum + bytes, 0) - unread);
    await engine.dispose();
  });
});
