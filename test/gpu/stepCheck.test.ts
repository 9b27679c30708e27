// A GPU with a shader that computes wrongly, without an error: found when a model is opened, and passed over. So it is for one
// that was converted on the page, which computed what to expect.
import { afterEach, expect, it, vi } from 'vitest';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { generate } from '../../src/engine/generate.ts';
import { type PackFetch, packAt, readManifest } from '../../src/engine/packReader.ts';
import { openRuntime } from '../../src/engine/runtime.ts';
import { ownPack } from '../../src/library/packFolder.ts';
import { builtInPack } from '../../src/store/address.ts';
import type { ProviderChoice } from '../../src/types.ts';
import { createImportClient } from '../../src/worker/importClient.ts';
import { recipeFor } from '../support/recipes.ts';

const micro = packAt(new URL('/test/.tmp/micro', location.href).href);
const open = (fetchFile: PackFetch, provider: ProviderChoice) =>
  openEngine({ fetchFile, provider, openRuntime, onProgress: () => {} });

/** The same checkpoints, converted as the page does it. */
async function convertedHere(): Promise<PackFetch> {
  const file = async (name: string) => {
    const body = await (await fetch(`/test/golden/checkpoints/${name}`)).blob();
    const isPacked = (await body.slice(0, 1).bytes())[0] === 0x1f;
    const stream = isPacked ? body.stream().pipeThrough(new DecompressionStream('gzip')) : body.stream();
    return new File([await new Response(stream).blob()], name);
  };
  const files = {
    diffusion: await file('diffusion_tiny.pt'),
    vqgan: await file('vqgan_tiny.ckpt'),
    clip: await file('clip_tiny_vocab49408.pt.gz'),
  };
  const stages = new Set<string>();
  const id = await createImportClient().convert(
    {
      ...{ files, name: 'Converted here', license: 'none', weightType: 'fp32', heads: 4 },
      ...{ clipActivation: null, weights: 'averages' },
      tokenizerUrl: new URL(`/${builtInPack}`, location.href).href,
    },
    ({ stage }) => stages.add(stage),
    new AbortController().signal,
  );
  expect(stages).toContain('step');
  return ownPack(id!);
}

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
  const own = await convertedHere();
  const [{ check: ofPage }, { check: ofCommand }] = [await readManifest(own), await readManifest(micro)];
  expect({ ...ofPage, logits: '', spread: 0 }).toEqual({ ...ofCommand, logits: '', spread: 0 });
  expect(ofPage?.spread).toBeCloseTo(ofCommand!.spread, 5);
  const engine = await open(own, 'webgpu');
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
  const onWasm = await open(micro, 'wasm');
  expect(found).toEqual(await picture(onWasm));
  expect(onWasm.device.note).toBeUndefined();
  await onWasm.dispose();
});
