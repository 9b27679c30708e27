// A GPU with a shader that computes wrongly, without an error: found when a model is opened, and passed over.
import { afterEach, expect, it, vi } from 'vitest';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { generate } from '../../src/engine/generate.ts';
import { packAt } from '../../src/engine/packReader.ts';
import { openRuntime } from '../../src/engine/runtime.ts';
import type { ProviderChoice } from '../../src/types.ts';
import { recipeFor } from '../support/recipes.ts';

const openMicro = (provider: ProviderChoice) =>
  openEngine({
    fetchFile: packAt(new URL('/test/.tmp/micro', location.href).href),
    provider,
    openRuntime,
    onProgress: () => {},
  });

/** The bytes of one picture. */
async function picture(engine: Engine): Promise<number[]> {
  for await (const event of generate(
    engine,
    [recipeFor(engine, { steps: 3 })],
    new AbortController().signal,
  )) {
    if (event.type === 'image') return [...event.image.data];
  }
  throw new Error('no picture');
}

afterEach(() => void vi.restoreAllMocks());

// One in all: the runtime keeps a wrong shader for as long as the page lives.
it('a wrong sum in the denoiser is found, and WASM draws the right picture', async () => {
  const { createShaderModule } = GPUDevice.prototype;
  let altered = 0;
  vi.spyOn(GPUDevice.prototype, 'createShaderModule').mockImplementation(function (this: GPUDevice, given) {
    const code = given.code.replace('output[global_idx]=a + b;', 'output[global_idx]=a + b + 0.05;');
    if (code !== given.code) altered++;
    return createShaderModule.call(this, { ...given, code });
  });
  const engine = await openMicro('webgpu');
  expect(altered).toBeGreaterThan(0);
  expect(engine.device).toMatchObject({
    provider: 'wasm',
    reason: 'the GPU computes wrongly',
    note: expect.stringMatching(
      /^This GPU computed a step of the model wrongly, so pictures are made on the/,
    ),
  });
  const found = await picture(engine);
  await engine.dispose();
  const onWasm = await openMicro('wasm');
  expect(found).toEqual(await picture(onWasm));
  expect(onWasm.device.note).toBeUndefined();
  await onWasm.dispose();
});
