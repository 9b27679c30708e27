// Pictures that come as tokens: the micro pack's encoder against the authors' numbers, opened when it is asked for.
import { beforeEach, describe, expect, it } from 'vitest';
import { openNodeRuntime } from '../../src/cli/nodeRuntime.ts';
import { type Engine, openEngine, type ReportingRuntime } from '../../src/engine/engine.ts';
import type { PackManifest } from '../../src/pack/manifest.ts';
import type { RgbaImage } from '../../src/types.ts';
import { convertMicroPack, type PackInMemory, packInMemory } from '../support/microPack.ts';
import { refusal } from '../support/refusal.ts';
import { readGolden } from '../support/safetensors.ts';

const SIDE = 12;
const golden = readGolden('vqgan/encode.safetensors');

/** A golden picture. [3, 12, 12] to [12, 12, 4] */
function goldenPicture(index: number): RgbaImage {
  const planes = golden.numbers('image').subarray(index * 3 * SIDE * SIDE, (index + 1) * 3 * SIDE * SIDE);
  const data = new Uint8ClampedArray(4 * SIDE * SIDE).fill(255);
  planes.forEach((value, i) => {
    data[4 * (i % (SIDE * SIDE)) + Math.floor(i / (SIDE * SIDE))] = value;
  });
  return { width: SIDE, height: SIDE, data };
}

let sessions = 0;
let live = 0;
async function countingRuntime(): Promise<ReportingRuntime> {
  const runtime = await openNodeRuntime(1);
  const create = async (...given: Parameters<typeof runtime.ort.InferenceSession.create>) => {
    const session = await runtime.ort.InferenceSession.create(...given);
    const { release } = session;
    sessions++;
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

const pack = await convertMicroPack();

async function withEngine(
  use: (engine: Engine, asked: readonly string[]) => Promise<void>,
  files: PackInMemory = pack,
): Promise<void> {
  const asked: string[] = [];
  const fetchFile = packInMemory(files);
  const engine = await openEngine({
    fetchFile: (path) => {
      asked.push(path);
      return fetchFile(path);
    },
    provider: 'wasm',
    openRuntime: countingRuntime,
    onProgress: () => {},
  });
  try {
    await use(engine, asked);
  } finally {
    await engine.dispose();
  }
}

beforeEach(() => {
  sessions = 0;
  live = 0;
});

describe('a picture', () => {
  it('becomes the authors’ codes, from an encoder that is read and open only for it', async () => {
    await withEngine(async (engine, asked) => {
      const isEncoder = (path: string) => path.startsWith('encoder');
      expect(asked.some(isEncoder)).toBe(false);
      expect([sessions, live]).toEqual([5, 5]);
      const expected = golden.tensor('tokens_argmax_no_noise').data as Int32Array;
      for (const index of [0, 1, 2]) {
        const tokens = await engine.encodePicture(goldenPicture(index));
        expect([...tokens]).toEqual([...expected.subarray(36 * index, 36 * (index + 1))]);
        expect([sessions, live]).toEqual([6 + index, 5]);
      }
      expect(asked.filter(isEncoder)).toHaveLength(3);
    });
    expect(live).toBe(0);
  });

  it('of another size, or for a pack without an encoder, is refused in a sentence', async () => {
    await withEngine(async (engine) => {
      const small = { width: 8, height: 12, data: new Uint8ClampedArray(4 * 96) };
      expect(await refusal(() => engine.encodePicture(small))).toContain(
        '8 x 12 pixels, and the model takes 12 x 12',
      );
    });
    const manifest: PackManifest = JSON.parse(new TextDecoder().decode(pack.get('pack.json')));
    const { encoder, ...graphs } = manifest.graphs;
    const bare = new TextEncoder().encode(JSON.stringify({ ...manifest, graphs }));
    await withEngine(
      async (engine) => {
        expect(await refusal(() => engine.encodePicture(goldenPicture(0)))).toMatch(/“Micro” has no encoder/);
        expect(live).toBe(5);
      },
      new Map([...pack, ['pack.json', bare]]),
    );
    // Another graph in its place is let go as well.
    const swapped = new TextEncoder().encode(
      JSON.stringify({ ...manifest, graphs: { ...manifest.graphs, encoder: manifest.graphs.decoder } }),
    );
    await withEngine(
      async (engine) => {
        expect(await refusal(() => engine.encodePicture(goldenPicture(0)))).toMatch(
          /encoder has no input “image”/,
        );
        expect(live).toBe(5);
      },
      new Map([...pack, ['pack.json', swapped]]),
    );
  });
});
