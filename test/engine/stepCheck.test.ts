// What a device is held against when it opens a pack: found out for errors of every kind, and for no one else's.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNativeRuntime, openNodeRuntime, packIn } from '../../src/cli/nodeRuntime.ts';
import { writeStepCheck } from '../../src/cli/stepCheck.ts';
import type { StartChain } from '../../src/engine/chain.ts';
import { type Engine, openEngine, type ReportingRuntime } from '../../src/engine/engine.ts';
import { probeStep } from '../../src/engine/gpu/probe.ts';
import {
  checkDifference,
  checkedAnswer,
  checkInput,
  checkLogits,
  WrongStep,
} from '../../src/engine/stepCheck.ts';
import { type PackManifest, parseManifest } from '../../src/pack/manifest.ts';
import type { Logits, ProviderChoice } from '../../src/types.ts';
import { convertMicroPack } from '../support/microPack.ts';

let folder: string;
let manifest: PackManifest;
let engine: Engine;
let logits: Logits;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'step-check-'));
  for (const [path, bytes] of await convertMicroPack()) writeFileSync(join(folder, path), bytes);
  const before = readFileSync(join(folder, 'pack.json'), 'utf8');
  const check = await writeStepCheck(folder);
  const text = readFileSync(join(folder, 'pack.json'), 'utf8');
  manifest = parseManifest(JSON.parse(text));
  expect(manifest).toEqual({ ...parseManifest(JSON.parse(before)), check });
  engine = await open('wasm', async () => openNodeRuntime(1));
  logits = await checkLogits(engine.denoiser, checkInput(check, manifest));
});
afterAll(async () => {
  await engine?.dispose();
  rmSync(folder, { recursive: true });
});

const open = (provider: ProviderChoice, openRuntime: (choice: ProviderChoice) => Promise<ReportingRuntime>) =>
  openEngine({ fetchFile: packIn(folder), provider, openRuntime, onProgress: () => {} });

const difference = (change: (logits: Logits) => void) => {
  const changed = logits.slice() as Logits;
  change(changed);
  return checkDifference(changed, manifest.check!, manifest.codebookSize);
};

describe('the answer to one step', () => {
  it('is asked of tokens of which some are masked, and of a condition of length 1', () => {
    const { tokens, condition } = checkInput(manifest.check!, manifest);
    const masked = tokens.filter((token) => token === manifest.codebookSize).length;
    expect(masked / tokens.length).toBeGreaterThan(0.2);
    expect(masked / tokens.length).toBeLessThan(0.7);
    expect(new Set(tokens).size).toBeGreaterThan(10);
    expect(Math.hypot(...condition)).toBeCloseTo(1, 6);
  });

  it('is the same in WASM as natively, to far less than is borne', () => {
    expect(difference(() => {})).toBeLessThan(2e-6);
    expect(manifest.check!.tolerance.single).toBe(1e-4);
  });

  const each = (change: (value: number, place: number) => number) => (all: Logits) =>
    all.set(all.map((value, place) => change(value, place)));
  it.each<[string, (logits: Logits) => void]>([
    ['one that is no number', (all) => all.fill(Number.NaN, 5, 6)],
    ['one that is infinite', (all) => all.fill(Number.POSITIVE_INFINITY, 5, 6)],
    ['all of them zero', (all) => all.fill(0)],
    ['a hundredth more', each((value) => 1.01 * value)],
    ['a hundredth beside', each((value) => value + 0.01)],
    ['one row of another', (all) => all.copyWithin(0, 40, 80)],
    ['the second branch in the place of the first', (all) => all.copyWithin(0, all.length / 2)],
    ['every fourth code beside', each((value, place) => (place % 4 ? value : value + 0.1))],
  ])('is wrong with %s', async (_, change) => {
    expect(difference(change)).not.toBeLessThanOrEqual(manifest.check!.tolerance.single);
    const denoiser = {
      condition: async () => async () => {
        const changed = logits.slice() as Logits;
        change(changed);
        return changed;
      },
    };
    await expect(checkedAnswer(denoiser, manifest, 'single')).rejects.toMatchObject({ code: 'device' });
  });
});

describe('the sampler of a device', () => {
  /** The reference in its place, by seeds that are so far off. */
  const chains =
    (off: number): StartChain =>
    (options) =>
      engine.startReference({ ...options, seeds: options.seeds.map((seed) => seed + off) });

  it('is held against the reference on the same logits', async () => {
    const answer = await checkedAnswer(engine.denoiser, manifest, 'single');
    expect(await probeStep(chains(0), manifest, answer)).toBeGreaterThan(0);
    await expect(probeStep(chains(1), manifest, answer)).rejects.toBeInstanceOf(WrongStep);
    expect(await probeStep(chains(1), manifest, null)).toBeGreaterThan(0);
  });
});

/** Native graphs that pass for a GPU's, the denoiser's answers with an error. */
async function wrongGpu(opened: string[]): Promise<ReportingRuntime> {
  const { ort, ...rest } = await openNativeRuntime(1);
  const create = async (...given: Parameters<typeof ort.InferenceSession.create>) => {
    const session = await ort.InferenceSession.create(...given);
    if (!session.inputNames.includes('timestep')) return session;
    const half = Buffer.from(given[0] as unknown as Uint8Array).includes('logits.half');
    opened.push(half ? 'half' : 'single');
    const run = session.run.bind(session);
    session.run = (async (...asked: Parameters<typeof session.run>) => {
      const results = await run(...asked);
      const { data } = results.logits as unknown as { data: Float32Array };
      data.set(data.map((value) => value + 0.2));
      return results;
    }) as typeof session.run;
    return session;
  };
  const device = Promise.resolve({
    lost: new Promise(() => {}),
    limits: { maxStorageBufferBindingSize: 2 ** 27 },
  });
  return {
    ...rest,
    provider: 'webgpu',
    half: 'always',
    ort: { ...ort, InferenceSession: { create }, env: { webgpu: { device } } } as unknown as typeof ort,
  };
}

describe('a GPU that computes wrongly', () => {
  it.each<ProviderChoice>(['auto', 'webgpu-half'])(
    'with “%s”: half falls back to single, and single to WASM, in a sentence',
    async (choice) => {
      const opened: string[] = [];
      const asked: ProviderChoice[] = [];
      const onWasm = await open(choice, async (provider) => {
        asked.push(provider);
        return provider === 'wasm' ? openNodeRuntime(1) : wrongGpu(opened);
      });
      expect(opened).toEqual(['half', 'single']);
      expect(asked).toEqual([choice, 'wasm']);
      expect(onWasm.device).toMatchObject({
        provider: 'wasm',
        arithmetic: 'single',
        note: expect.stringMatching(
          /^This GPU computed a step of the model wrongly, so pictures are made on the/,
        ),
      });
      expect(await checkLogits(onWasm.denoiser, checkInput(manifest.check!, manifest))).toEqual(logits);
      await onWasm.dispose();
    },
  );
});
