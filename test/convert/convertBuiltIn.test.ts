// The pack that comes with the page, as it lies in the repository.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseManifest } from '../../src/pack/manifest.ts';
import { packFiles } from '../../src/pack/packFiles.ts';

const folder = new URL('../../public/models/toon/', import.meta.url);
const manifest = parseManifest(JSON.parse(readFileSync(new URL('pack.json', folder), 'utf8')));
const files = packFiles(manifest);

test('every file is what pack.json says, and there is no other', () => {
  for (const { file, bytes, sha256 } of files) {
    const content = readFileSync(new URL(file, folder));
    expect(content.byteLength, file).toBe(bytes);
    expect(createHash('sha256').update(content).digest('hex'), file).toBe(sha256);
  }
  expect(readdirSync(folder).sort()).toEqual([...files.map(({ file }) => file), 'pack.json'].sort());
});

test('it is at most 24 MB, and says whose style it is', () => {
  expect(files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(24e6);
  expect(manifest.license).toContain('Pablo Stanley');
  expect(manifest.provenance.join(' ')).toContain('Avataaars');
});
