// The built folder, as any web server is to send it.
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { expect, it } from 'vitest';
import { firstScripts } from '../../src/cli/bench/firstScripts.ts';
import { siteFolder } from '../support/builtSite.ts';

it('holds scripts as .js alone: stock servers send .mjs as a type that no browser runs', () => {
  const scripts = readdirSync(`${siteFolder}assets`).filter((name) => /js$/.test(extname(name)));
  expect(scripts.filter((name) => !name.endsWith('.js'))).toEqual([]);
  // One loader for each build of the runtime.
  expect(scripts.filter((name) => name.startsWith('ort-wasm')).length).toBeGreaterThanOrEqual(3);
});

const named = Array.from(
  readFileSync(`${siteFolder}index.html`, 'utf8').matchAll(/<script type="module"[^>]* src="\.\/([^"]+)"/g),
  ([, path]) => path,
);

it('names in the page all scripts that it begins with: none is asked for only when another one is there', () => {
  const needed = firstScripts(siteFolder).filter(
    (path) => !/(^sw|^assets\/host-.*|unloadable)\.js$/.test(path),
  );
  const engine = readFileSync(
    siteFolder + firstScripts(siteFolder).find((path) => /host-/.test(path)),
    'utf8',
  );
  expect(needed.filter((path) => !engine.includes(path.slice('assets/'.length))).sort()).toEqual(
    named.sort(),
  );
});

it('knows a page as its own by the script whose name changes with any other', () => {
  const [own] = named.filter((path) => /\/page-/.test(path));
  expect(readFileSync(`${siteFolder}sw.js`, 'utf8')).toContain(`entry:\`${own}\``);
  const code = readFileSync(siteFolder + own, 'utf8');
  for (const other of named) if (other !== own) expect(code).toContain(other.slice('assets/'.length));
});
