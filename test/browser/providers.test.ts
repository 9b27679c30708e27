// The engine in a real browser: WebGPU (Chromium's software adapter) and WASM must agree.
import { describe, expect, it } from 'vitest';
import { openEngine } from '../../src/engine/engine.ts';
import { generate } from '../../src/engine/generate.ts';
import { packAt } from '../../src/engine/packReader.ts';
import { openRuntime } from '../../src/engine/runtime.ts';
import { openGraph } from '../../src/engine/session.ts';
import type { RunEvent } from '../../src/events.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import type { ProviderChoice } from '../../src/types.ts';
import { recipeFor } from '../support/recipes.ts';

/** A step takes a second on a software adapter (VITE_GPU_STEPS=100 takes every one of them). */
const steps = Number(import.meta.env.VITE_GPU_STEPS ?? 5);

const settings = {
  condition: { kind: 'text', text: 'a photograph of a woman with a hat' },
  seed: 2024,
  steps,
} as const;

async function runOn(provider: ProviderChoice, pack: string, change: Partial<Recipe> = {}) {
  const engine = await openEngine({
    fetchFile: packAt(new URL(pack, location.href).href),
    provider,
    openRuntime,
    onProgress: () => {},
  });
  const events: RunEvent[] = [];
  try {
    const recipes = [recipeFor(engine, { ...settings, ...change })];
    for await (const event of generate(engine, recipes, new AbortController().signal)) events.push(event);
  } finally {
    await engine.dispose();
  }
  const steps = events.filter((event) => event.type === 'step').map(({ progress }) => [...progress.tokens]);
  const images = events.filter((event) => event.type === 'image');
  return { device: engine.device, steps, images };
}

describe('WebGPU and WASM', () => {
  it('draw the same tokens at every step, and the same pictures', async () => {
    const wasm = await runOn('wasm', '/test/.tmp/micro');
    const webgpu = await runOn('webgpu', '/test/.tmp/micro');
    expect(wasm.device).toMatchObject({ provider: 'wasm', threads: 2 });
    expect(webgpu.device).toMatchObject({ provider: 'webgpu' });
    expect(wasm.steps).toHaveLength(steps);
    expect(webgpu.steps).toEqual(wasm.steps);
    expect(webgpu.images).toHaveLength(1);
    webgpu.images.forEach((image, i) => {
      expect(image.index).toBe(i);
      expect(image.score).toBeCloseTo(wasm.images[i].score, 4);
      const worst = Math.max(
        ...image.image.data.map((byte, j) => Math.abs(byte - wasm.images[i].image.data[j])),
      );
      expect(worst).toBeLessThanOrEqual(1);
    });
  });

  it.each(['int8', 'q4'])('draw the same tokens from weights stored as %s', async (weightType) => {
    const short = { steps: 3 };
    const wasm = await runOn('wasm', `/test/.tmp/micro-${weightType}`, short);
    const webgpu = await runOn('webgpu', `/test/.tmp/micro-${weightType}`, short);
    expect(webgpu.device).toMatchObject({ provider: 'webgpu', weightType });
    expect(webgpu.steps).toHaveLength(3);
    expect(webgpu.steps).toEqual(wasm.steps);
  });

  it('with “auto”, a software adapter is passed over, and it says so', async () => {
    const { device } = await runOn('auto', '/test/.tmp/micro', { steps: 1 });
    expect(device).toMatchObject({
      provider: 'wasm',
      reason: expect.stringMatching(/^WebGPU is only emulated in software here/),
    });
  });

  it('in half precision, which a software adapter has not, say so and what to choose', async () => {
    await expect(runOn('webgpu-half', '/test/.tmp/micro')).rejects.toMatchObject({
      code: 'device',
      message: expect.stringMatching(/^This GPU does not compute in half precision: choose /),
    });
  });

  // The last one: the page's device is gone after it.
  it('when the GPU is lost, say so and what to do', async () => {
    const fetchFile = packAt(new URL('/test/.tmp/micro', location.href).href);
    const engine = await openEngine({ fetchFile, provider: 'webgpu', openRuntime, onProgress: () => {} });
    const run = generate(engine, [recipeFor(engine, settings)], new AbortController().signal);
    while ((await run.next()).value?.type !== 'step');
    const runtime = await openRuntime('webgpu');
    const response = await fetch('/test/.tmp/micro/conditioner.onnx');
    const graph = await openGraph(runtime, 'conditioner', new Uint8Array(await response.arrayBuffer()));
    (await runtime.ort.env.webgpu.device).destroy();
    // What was in the queue before may still arrive.
    const goOn = async () => {
      for await (const _ of run);
    };
    await expect(goOn()).rejects.toMatchObject({
      code: 'device',
      message: expect.stringMatching(/^The GPU .*: open the model again, or use WASM\.$/),
    });
    const condition = { type: 'float32', data: new Float32Array(48), dims: [1, 48] } as const;
    await expect(graph.run({ condition })).rejects.toMatchObject({
      code: 'device',
      message: expect.stringMatching(/^The GPU failed at conditioner \([^/]+\): open the model again/),
    });
  });
});
