// The micro pack's real graphs, opened in WASM on one thread.
import { openNodeRuntime } from '../../src/cli/nodeRuntime.ts';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { convertMicroPack, packInMemory } from './microPack.ts';

/** Whoever opens it disposes of it. */
export async function openMicroEngine(): Promise<Engine> {
  return openEngine({
    fetchFile: packInMemory(await convertMicroPack()),
    provider: 'wasm',
    openRuntime: () => openNodeRuntime(1),
    onProgress: () => {},
  });
}
