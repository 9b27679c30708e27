// What is written for people: links that lead somewhere, and commands that are there.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const pages = [
  'README.md',
  'NOTICES.md',
  'training/README.md',
  'test/golden/README.md',
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
];
const read = (page: string) => readFileSync(join(root, page), 'utf8');
/** As GitHub makes them of headings. */
const anchors = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('the pages', () => {
  it.each(pages)('%s links to what is there', (page) => {
    const lost = [...read(page).matchAll(/\]\((?!https?:)([^)\s#]*)(?:#([^)\s]+))?\)/g)].flatMap(
      ([link, path, anchor]) => {
        const to = path ? join(dirname(page), path) : page;
        if (!existsSync(join(root, to))) return [link];
        return anchor && !anchors(read(to)).includes(anchor) ? [link] : [];
      },
    );
    expect(lost).toEqual([]);
  });

  it.each(pages)('%s names commands that package.json has', (page) => {
    const { scripts } = JSON.parse(read('package.json'));
    const named = [...read(page).matchAll(/\bnpm (?:run )?([a-z]+)\b/g)]
      .map(([, name]) => name)
      .filter((name) => !['audit', 'ci', 'install', 'pack', 'run'].includes(name));
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('README leads to every page of docs', () => {
    for (const name of readdirSync(join(root, 'docs'))) expect(read('README.md')).toContain(`(docs/${name})`);
  });
});
