// The built folder, as any web server is to send it.
import { readdirSync } from 'node:fs';
import { extname } from 'node:path';
import { expect, it } from 'vitest';
import { siteFolder } from '../support/builtSite.ts';

it('holds scripts as .js alone: stock servers send .mjs as a type that no browser runs', () => {
  const scripts = readdirSync(`${siteFolder}assets`).filter((name) => /js$/.test(extname(name)));
  expect(scripts.filter((name) => !name.endsWith('.js'))).toEqual([]);
  // One loader for each build of the runtime.
  expect(scripts.filter((name) => name.startsWith('ort-wasm')).length).toBeGreaterThanOrEqual(3);
});
