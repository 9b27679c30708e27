// What keeps a device from doing its best is said in a sentence, with what to do about it.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { explain } from '../../src/engine/choices.ts';
import { checkBinding, memoryNote, obstacles } from '../../src/engine/obstacles.ts';
import { openRuntime } from '../../src/engine/runtime.ts';
import { microManifest, onWasm } from '../support/page.ts';

vi.mock('../../src/engine/runtimeBuild.ts', () => ({ loadBuild: async () => ({}) }));
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const adapter = (change: object = {}, features: readonly string[] = []) => ({
  info: { description: 'A GPU', ...change },
  features: new Set(features),
});

/** A browser whose GPU answers so. */
function browser(requestAdapter: (() => Promise<unknown>) | null, isSecureContext = true): void {
  vi.stubGlobal('self', { isSecureContext, crossOriginIsolated: false });
  vi.stubGlobal('navigator', { hardwareConcurrency: 4, ...(requestAdapter && { gpu: { requestAdapter } }) });
}

describe('the GPU', () => {
  it.each<[string, () => void, RegExp]>([
    ['an insecure page', () => browser(null, false), /needs a page served over https: open it by https/],
    ['no WebGPU', () => browser(null), /^this browser has no WebGPU: a current Chrome/],
    ['no GPU', () => browser(async () => null), /no GPU for it: update the GPU’s driver/],
    [
      'a policy',
      () => browser(() => Promise.reject(new DOMException('No.', 'NotAllowedError'))),
      /^a policy of the browser or of this site keeps WebGPU from the page: ask/,
    ],
    [
      'a software adapter',
      () => browser(async () => adapter({ isFallbackAdapter: true })),
      /^WebGPU is only emulated in software here.*: where there is a GPU, update its driver/,
    ],
  ])('with %s is passed over, and it says why and what to do', async (_, arrange, sentence) => {
    arrange();
    const { provider, reason } = await openRuntime('auto');
    expect(provider).toBe('wasm');
    expect(reason).toMatch(sentence);
    expect(reason.length).toBeLessThan(200);
  });

  it('that never answers is waited for half a minute', async () => {
    vi.useFakeTimers();
    browser(() => new Promise(() => {}));
    const opened = openRuntime('auto');
    await vi.advanceTimersByTimeAsync(30_000);
    expect((await opened).reason).toBe(obstacles.silent);
  });

  it('that is asked for by name and missing is an error of the same words', async () => {
    browser(null);
    await expect(openRuntime('webgpu')).rejects.toMatchObject({
      code: 'device',
      message: expect.stringMatching(
        /^WebGPU cannot be used: this browser has no WebGPU: .*Choose WASM instead\.$/,
      ),
    });
  });

  it('without half precision is told of, by name and where a large model would want it', async () => {
    browser(async () => adapter());
    await expect(openRuntime('webgpu-half')).rejects.toMatchObject({ code: 'device' });
    expect((await openRuntime('auto')).half).toBe('never');
    browser(async () => adapter({}, ['shader-f16']));
    expect((await openRuntime('auto')).half).toBe('for large models');
    const arithmetic = (lacksHalf: boolean) =>
      explain(onWasm, { candidates: 1, why: '' }, { samplesOnGpu: true, half: 'never', lacksHalf }).find(
        ({ what }) => what === 'Arithmetic',
      )?.why;
    expect(arithmetic(true)).toBe(obstacles.noHalf);
    expect(arithmetic(false)).toBe('a seed gives the same picture on every device');
  });

  it('that binds too little for one picture says how much', () => {
    const limits = { maxStorageBufferBindingSize: 2 ** 27 };
    expect(() => checkBinding(2 ** 27, limits)).not.toThrow();
    expect(() => checkBinding(2 ** 28, limits)).toThrow(
      'This GPU takes arrays of at most 128 MB, and one picture of this model needs 256 MB: choose WASM, or a smaller model.',
    );
  });
});

describe('memory', () => {
  const large = {
    graphs: { ...microManifest.graphs, denoiser: { q4: { file: 'd.onnx', bytes: 1e9, sha256: '' } } },
  };

  it('that a device says is too little is told beforehand', () => {
    expect(memoryNote(large, 2)).toBe(
      'This device says that it has 2 GB of memory, and this model may need 2.2 GB: should it break off, close other tabs, or choose a smaller model.',
    );
    expect(memoryNote(large, 4)).toBeNull();
    expect(memoryNote(microManifest, 0.5)).toBeNull();
    expect(memoryNote(large, undefined)).toBeNull();
  });
});
