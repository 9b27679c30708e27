// The graphs of a pack on disk, in native ONNX Runtime.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { type GraphName, type PackManifest, parseManifest } from '../../src/pack/manifest.ts';
import { chosenFile } from '../../src/pack/packFiles.ts';

export type Feeds = Record<string, ort.Tensor>;
export type Run = (feeds: Feeds) => Promise<Float32Array>;

export interface NativePack {
  readonly manifest: PackManifest;
  /** Opens a graph, lets `use` run it, and lets it go. */
  withGraph<T>(name: GraphName, use: (run: Run) => Promise<T>): Promise<T>;
}

/** @param say told what opening a graph and its runs took, in seconds */
export function nativePack(folder: string, say: (line: string) => void): NativePack {
  const manifest = parseManifest(JSON.parse(readFileSync(join(folder, 'pack.json'), 'utf8')));
  return {
    manifest,
    async withGraph(name, use) {
      const begun = performance.now();
      const session = await ort.InferenceSession.create(
        join(folder, chosenFile(manifest.graphs[name]!).file.file),
      );
      const opened = performance.now();
      const runs: number[] = [];
      try {
        return await use(async (feeds) => {
          const before = performance.now();
          const results = await session.run(feeds);
          runs.push(performance.now() - before);
          return results[session.outputNames[0]].data as Float32Array;
        });
      } finally {
        await session.release();
        const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(1);
        say(`  ${name}: opened in ${seconds(opened - begun)} s, ran ${runs.map(seconds).join(', ')} s`);
      }
    },
  };
}
