// The answer to one step of a pack that was converted here, which goes into its pack.json: what a GPU is held against.
import { checkedBytes, makeCheck } from '../engine/makeCheck.ts';
import { openRuntime } from '../engine/runtime.ts';
import { ownPackFile } from '../library/packFolder.ts';
import type { PackCheck, PackManifest } from '../pack/manifest.ts';

/** Milliseconds. The released models' size takes one thread of a server a quarter of it. */
const PATIENCE = 180_000;

/**
 * Computed on one thread, as the engine's worker may be making pictures meanwhile.
 * @param id of the pack, all of whose files but pack.json are written
 * @returns null where the model cannot be run, or not soon: a pack without it is whole as well
 * @throws the signal's reason
 */
export async function checkOwnStep(
  id: string,
  manifest: PackManifest,
  onBytes: (doneBytes: number, totalBytes: number) => void,
  signal: AbortSignal,
): Promise<PackCheck | null> {
  const ending = new AbortController();
  const ended = new Promise<never>((_, reject) => {
    ending.signal.addEventListener('abort', () => reject(ending.signal.reason));
  });
  ended.catch(() => {});
  const end = () => ending.abort();
  signal.addEventListener('abort', end);
  const limit = setTimeout(end, PATIENCE);
  const totalBytes = checkedBytes(manifest);
  let doneBytes = 0;
  onBytes(doneBytes, totalBytes);
  try {
    // It may have to come over the network first.
    const runtime = await Promise.race([openRuntime('wasm', { oneThread: true }), ended]);
    const read = async (path: string, start: number, end: number) =>
      new Uint8Array(await (await ownPackFile(id, path)).slice(start, end).arrayBuffer());
    return await makeCheck(runtime, manifest, read, {
      signal: ending.signal,
      onBytes(bytes) {
        doneBytes = Math.min(totalBytes, doneBytes + bytes);
        onBytes(doneBytes, totalBytes);
      },
    });
  } catch {
    signal.throwIfAborted();
    return null;
  } finally {
    clearTimeout(limit);
    signal.removeEventListener('abort', end);
  }
}
