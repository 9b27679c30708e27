// Small faults on purpose in a denoiser, by what the pack's own check says of them (the table is in docs/figures.md).
import { expect, it } from 'vitest';
import { parseManifest } from '../../src/pack/manifest.ts';
import { convertMicroPack } from '../support/microPack.ts';
import { differences } from './differences.ts';
import { faults } from './faults.ts';

it('all but what no driver could be blamed for is found in single precision', {
  timeout: 120_000,
}, async () => {
  const files = await convertMicroPack('fp16');
  const manifest = parseManifest(JSON.parse(new TextDecoder().decode(files.get('pack.json'))));
  const read = async (path: string, start: number, end: number) => files.get(path)!.slice(start, end);
  const missed: string[] = [];
  // The coarse ones are far above.
  const fine = faults.slice(7);
  for await (const { fault, difference, check } of differences(manifest, read, fine)) {
    if (difference <= check.tolerance.single) missed.push(fault.name);
  }
  expect(missed).toEqual(['each exponential is 1e-5 beside, at random (what WGSL allows)']);
});
