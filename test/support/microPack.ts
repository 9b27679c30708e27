// A pack of the golden checkpoints: tiny, seeded random weights, all six graphs, the real vocabulary.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { buildTokenizerFiles } from '../../src/cli/vocabulary.ts';
import { convert } from '../../src/convert/convert.ts';
import { bytesSource } from '../../src/convert/source.ts';
import type { PackFetch } from '../../src/engine/packReader.ts';
import type { WeightType } from '../../src/pack/manifest.ts';

/** Paths and contents. */
export type PackInMemory = ReadonlyMap<string, Uint8Array>;

export function goldenCheckpoint(name: string): Uint8Array {
  const bytes = readFileSync(new URL(`../golden/checkpoints/${name}`, import.meta.url));
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

/** @param maxFileBytes where given, larger graphs get data files */
export async function convertMicroPack(
  weightType: WeightType = 'fp32',
  maxFileBytes?: number,
): Promise<PackInMemory> {
  const files = new Map<string, Uint8Array>();
  await convert(
    {
      diffusion: bytesSource(goldenCheckpoint('diffusion_tiny.pt')),
      vqgan: bytesSource(goldenCheckpoint('vqgan_tiny.ckpt')),
      clip: bytesSource(goldenCheckpoint('clip_tiny_vocab49408.pt.gz')),
    },
    {
      id: 'micro',
      name: 'Micro',
      license: 'MIT',
      description: 'Random weights, for tests.',
      examples: ['a photograph of a woman with a hat'],
      heads: 4,
      weightType,
      ...(maxFileBytes && { maxFileBytes }),
      tokenizer: buildTokenizerFiles(),
    },
    {
      async write(path, chunks) {
        const pieces: Uint8Array[] = [];
        for await (const chunk of chunks) pieces.push(chunk);
        // No Buffer: its slice() would share the memory.
        files.set(path, new Uint8Array(Buffer.concat(pieces)));
      },
    },
  );
  return files;
}

export function packInMemory(files: PackInMemory): PackFetch {
  return async (path) => {
    const bytes = files.get(path);
    return bytes ? new Response(bytes.slice()) : new Response(null, { status: 404 });
  };
}
