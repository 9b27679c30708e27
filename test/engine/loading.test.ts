// Two downloads as one: what the bar shows, and when nobody waits any longer.
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { trackLoading } from '../../src/engine/loading.ts';
import { buildBytes } from '../../src/engine/runtimeBytes.ts';
import type { LoadProgress } from '../../src/types.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp() {
  const seen: LoadProgress[] = [];
  const loading = trackLoading((progress) => seen.push(progress));
  const failed = vi.fn();
  loading.stalled.catch(failed);
  const wait = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);
  return { loading, seen, failed, wait };
}

describe('a download in two parts', () => {
  it('is counted as one, once both sizes are known, and prepares when both are whole', () => {
    const { loading, seen } = setUp();
    loading.runtime({ loadedBytes: 3, totalBytes: 14 });
    expect(seen).toEqual([]);
    loading.pack({ loadedBytes: 0, totalBytes: 20 });
    loading.pack({ loadedBytes: 20, totalBytes: 20 });
    loading.runtime({ loadedBytes: 14, totalBytes: 14 });
    expect(seen).toEqual([
      { stage: 'download', loadedBytes: 3, totalBytes: 34 },
      { stage: 'download', loadedBytes: 23, totalBytes: 34 },
      { stage: 'prepare', loadedBytes: 34, totalBytes: 34 },
    ]);
    loading.end();
  });

  it('counts nothing for a runtime that has nothing to fetch', () => {
    const { loading, seen } = setUp();
    loading.runtimeOpened();
    loading.pack({ loadedBytes: 20, totalBytes: 20 });
    expect(seen).toEqual([{ stage: 'prepare', loadedBytes: 20, totalBytes: 20 }]);
    loading.end();
  });

  it('ends when nothing arrives for half a minute, of whichever part', async () => {
    const { loading, failed, wait } = setUp();
    loading.pack({ loadedBytes: 0, totalBytes: 20 });
    for (let loadedBytes = 1; loadedBytes < 5; loadedBytes++) {
      await wait(25);
      loading.runtime({ loadedBytes, totalBytes: 14 });
    }
    expect(failed).not.toHaveBeenCalled();
    await wait(31);
    expect(failed).toHaveBeenCalledWith(expect.objectContaining({ code: 'network' }));
  });

  it('is stalled as well when not even pack.json arrives', async () => {
    const { failed, wait } = setUp();
    await wait(31);
    expect(failed).toHaveBeenCalledOnce();
  });

  it('is over when it is whole: opening a large graph takes its time', async () => {
    const { loading, failed, wait } = setUp();
    loading.runtimeOpened();
    loading.pack({ loadedBytes: 20, totalBytes: 20 });
    await wait(600);
    expect(failed).not.toHaveBeenCalled();
    loading.end();
  });
});

it('the sizes of the runtime’s builds are those of its files', () => {
  const folder = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm');
  const size = (name: string) => statSync(folder.replace('threaded.wasm', `threaded${name}.wasm`)).size;
  expect(buildBytes).toEqual({ plain: size(''), jspi: size('.jspi'), asyncify: size('.asyncify') });
});
