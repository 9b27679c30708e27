// A pack of random bytes: as good as any to whoever brings it, and small.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { PackFile } from '../../src/pack/manifest.ts';
import type { Files } from './troubledServer.ts';

const builtIn = JSON.parse(
  readFileSync(new URL('../../public/models/portraits/pack.json', import.meta.url), 'utf8'),
);

/** The same for the same name. */
export function randomBytes(length: number, name: string): Uint8Array<ArrayBuffer> {
  let state = createHash('sha256').update(name).digest().readUInt32LE();
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

const listed = (file: string, bytes: Uint8Array): PackFile => ({
  file,
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

/** @param sizes of its graphs by their names; the rest are small. Files with the same name and size are the same in all packs. */
export function deliveryPack(name: string, sizes: Readonly<Record<string, number>>, folder = ''): Files {
  const files: Files = new Map();
  const file = (path: string, size: number) => {
    const bytes = randomBytes(size, `${path} ${size}`);
    files.set(folder + path, bytes);
    return listed(path, bytes);
  };
  const graphs = Object.fromEntries(
    Object.keys(builtIn.graphs).map((graph) => [
      graph,
      { fp32: file(`${graph}.onnx`, sizes[graph] ?? 2000) },
    ]),
  );
  const tokenizer = { model: file('tokenizer.json', 3000), config: file('tokenizer_config.json', 200) };
  const manifest = { ...builtIn, name, graphs, tokenizer };
  files.set(`${folder}pack.json`, new TextEncoder().encode(JSON.stringify(manifest)));
  return files;
}
