// Graphs made to compute in half precision. No GPU here has it: WASM computes the same graphs, rounding between operators.
import { describe, expect, it } from 'vitest';
import { openNodeRuntime } from '../../src/cli/nodeRuntime.ts';
import { openEngine, type ReportingRuntime } from '../../src/engine/engine.ts';
import { inHalfPrecision } from '../../src/engine/halfPrecision.ts';
import type { HalfPrecision } from '../../src/engine/runtime.ts';
import { weightTypes } from '../../src/pack/manifest.ts';
import { fieldsOf } from '../../src/protobuf.ts';
import type { ImageTokens, ProviderChoice } from '../../src/types.ts';
import { convertMicroPack, type PackInMemory, packInMemory } from '../support/microPack.ts';

function open(pack: PackInMemory, half: HalfPrecision) {
  return openEngine({
    fetchFile: packInMemory(pack),
    provider: 'wasm',
    openRuntime: async () => ({ ...(await openNodeRuntime(1)), half }),
    onProgress: () => {},
  });
}

const tokens = Int32Array.from({ length: 36 }, (_, position) => position) as ImageTokens;

async function logitsOf(pack: PackInMemory, half: HalfPrecision): Promise<Float32Array> {
  const engine = await open(pack, half);
  const condition = await engine.encodeText(engine.tokenize('a woman with a hat').ids);
  const predict = await engine.denoiser.condition([condition], [null], 1.15);
  const logits = await predict(new Int32Array([...tokens]) as ImageTokens, 50);
  await engine.dispose();
  return logits;
}

const rootMeanSquare = (values: Float32Array) =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

describe('half precision', () => {
  it.each(weightTypes)('moves the logits of weights stored as %s by less than a hundredth', async (type) => {
    const pack = await convertMicroPack(type);
    const single = await logitsOf(pack, 'never');
    const half = await logitsOf(pack, 'always');
    const moved = rootMeanSquare(single.map((value, i) => value - half[i])) / rootMeanSquare(single);
    expect(moved).toBeLessThan(0.01);
    // As it does compute in half.
    expect(moved).toBeGreaterThan(1e-5);
  });

  it('works on weights that lie beside the graph', async () => {
    const whole = await logitsOf(await convertMicroPack('fp16'), 'always');
    const beside = await convertMicroPack('fp16', 30_000);
    expect([...beside.keys()].some((file) => /denoiser.*\.data/.test(file))).toBe(true);
    expect(await logitsOf(beside, 'always')).toEqual(whole);
  });

  it('is for large models, unless it was chosen by hand', async () => {
    const pack = await convertMicroPack('fp16');
    for (const [half, arithmetic] of [
      ['never', 'single'],
      ['for large models', 'single'],
      ['always', 'half'],
    ] as const) {
      const engine = await open(pack, half);
      expect(engine.device.arithmetic, half).toBe(arithmetic);
      const chosen = engine.device.choices.find(({ what }) => what === 'Arithmetic')?.chosen;
      expect(chosen).toMatch(new RegExp(`^${arithmetic} precision`));
      await engine.dispose();
    }
  });

  it('refuses what is no graph', () => {
    expect(() => inHalfPrecision(Uint8Array.of(0x3a, 200, 1, 1))).toThrow('cut off');
    expect(() => fieldsOf(Uint8Array.of(0x0b))).toThrow('unknown wire type 3');
  });
});

describe('a GPU that fails on a model', () => {
  /** Stands in for a GPU that refuses every graph, as none can be had here that refuses one. */
  function refusing(wasm: ReportingRuntime, asked: string[], half: HalfPrecision): ReportingRuntime {
    const create = async (model: Uint8Array) => {
      asked.push(`${model.byteLength} bytes`);
      throw new Error('no such kernel');
    };
    return {
      ...wasm,
      ort: { ...wasm.ort, InferenceSession: { create } } as unknown as ReportingRuntime['ort'],
      provider: 'webgpu',
      half,
    };
  }

  async function openWith(choice: ProviderChoice, half: HalfPrecision) {
    const asked: string[] = [];
    const opening = openEngine({
      fetchFile: packInMemory(await convertMicroPack()),
      provider: choice,
      openRuntime: async (wanted) => {
        const wasm = await openNodeRuntime(1);
        return wanted === 'wasm' ? wasm : refusing(wasm, asked, half);
      },
      onProgress: () => {},
    });
    return { asked, opening };
  }

  it('gets it in single precision first, and is passed over for WASM then', async () => {
    const { asked, opening } = await openWith('auto', 'always');
    const { device, dispose } = await opening;
    expect(asked).toHaveLength(2);
    expect(device).toMatchObject({ provider: 'wasm', arithmetic: 'single' });
    expect(device.reason).toMatch(/^WebGPU failed on this model .*no such kernel/);
    await dispose();
  });

  it('is not passed over when it was chosen by hand', async () => {
    const { asked, opening } = await openWith('webgpu-half', 'always');
    await expect(opening).rejects.toMatchObject({ code: 'pack-corrupt' });
    expect(asked).toHaveLength(1);
  });
});
