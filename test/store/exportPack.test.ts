import { expect, it } from 'vitest';
import { bytesSource } from '../../src/convert/source.ts';
import { openZip } from '../../src/convert/zip.ts';
import { packArchive } from '../../src/store/exportPack.ts';

it('puts files that come in pieces into one folder, with their checksums', async () => {
  // Far more than one piece of a stream.
  const large = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 2654435761) >>> 24);
  const archive = await packArchive('faces', [
    { path: 'pack.json', file: new Blob(['{}']) },
    { path: 'denoiser.fp16.onnx', file: new Blob([large]) },
    { path: 'shards/0.data', file: new Blob([]) },
  ]);
  const entries = await openZip(bytesSource(new Uint8Array(await archive.arrayBuffer())));
  expect([...entries.keys()]).toEqual(['faces/pack.json', 'faces/denoiser.fp16.onnx', 'faces/shards/0.data']);
  const read = (name: string) => entries.get(name)!.slice(0, entries.get(name)!.byteLength);
  // A slice of a whole entry is checked against its CRC-32.
  expect(new TextDecoder().decode(await read('faces/pack.json'))).toBe('{}');
  expect(Buffer.compare(await read('faces/denoiser.fp16.onnx'), large)).toBe(0);
});

it('refuses an archive that the format cannot hold', async () => {
  const file = { size: 5e9, stream: () => new Blob([]).stream() } as Blob;
  await expect(packArchive('faces', [{ path: 'a', file }])).rejects.toThrow(/5\.0 GB.*fewer bits/);
});
