// What the check of a pack finds: small faults on purpose, one after the other, in its own denoiser.
//
//   npx tsx test/check/check.ts public/models/portraits
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readsFrom } from '../../src/cli/fileSource.ts';
import { parseManifest } from '../../src/pack/manifest.ts';
import { differences } from './differences.ts';

const [folder = 'public/models/portraits'] = process.argv.slice(2);
const manifest = parseManifest(JSON.parse(await readFile(join(folder, 'pack.json'), 'utf8')));
console.log(`${manifest.name}: where | of the spread | in single, in half precision`);
for await (const { fault, difference, check } of differences(manifest, readsFrom(folder))) {
  const { single, half } = check.tolerance;
  const found = (tolerance: number) => (difference <= tolerance ? 'no' : 'found');
  console.log(`${fault.name} | ${difference.toPrecision(2)} | ${found(single)}, ${found(half)}`);
}
// The runtime keeps its thread pool, and with it the process.
process.exit();
