// The packs that come with the page, as they lie in the repository.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseManifest } from '../../src/pack/manifest.ts';
import { packFiles } from '../../src/pack/packFiles.ts';
import { builtInModels } from '../../src/store/address.ts';

/** What a pack of ours must say of where it comes from. */
const origins = { Portraits: 'MakeHuman' } as const;

describe.each(builtInModels)('$name', ({ pack, name }) => {
  const folder = new URL(`../../public/${pack}`, import.meta.url);
  const manifest = parseManifest(JSON.parse(readFileSync(new URL('pack.json', folder), 'utf8')));
  const files = packFiles(manifest);

  test('every file is what pack.json says, and there is no other but the welcome', () => {
    for (const { file, bytes, sha256 } of files) {
      const content = readFileSync(new URL(file, folder));
      expect(content.byteLength, file).toBe(bytes);
      expect(createHash('sha256').update(content).digest('hex'), file).toBe(sha256);
    }
    const expected = [...files.map(({ file }) => file), 'pack.json', 'welcome.webp'];
    expect(readdirSync(folder).sort()).toEqual(expected.sort());
    // The page shows it before the model is there.
    expect(statSync(new URL('welcome.webp', folder)).size).toBeLessThan(30e3);
  });

  test('it is at most 32 MB, and says where its pictures come from', () => {
    expect(files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(32e6);
    expect(manifest.name).toBe(name);
    expect(manifest.license).toContain(origins[name]);
    expect(manifest.provenance.length).toBeGreaterThan(4);
  });

  test('its words are all that its examples and phrases say', () => {
    const { words, groups = [] } = manifest.vocabulary!;
    const said = [...manifest.examples, ...groups.flatMap(({ phrases }) => phrases)].flatMap(
      (text) => text.match(/\p{L}+/gu) ?? [],
    );
    expect(said.length).toBeGreaterThan(100);
    expect(said.filter((word) => !words.includes(word))).toEqual([]);
    for (const word of ['princess', 'zebra', 'pirate', 'car']) expect(words).not.toContain(word);
  });
});
