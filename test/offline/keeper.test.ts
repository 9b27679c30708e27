// What a service worker keeps: a whole version or none, by its hashes, whatever the server sends.
import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createKeeper, type SiteFiles } from '../../src/offline/keeper.ts';

const scope = 'https://faces.test/a%20path/';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const page = '<script src="./assets/index-1.js">';

/** What the server has now, by path; and what the browser's own cache still holds. */
let server: Map<string, string>;
let browser: Map<string, string>;
let asked: string[];
let cached: Map<string, Response>;

beforeEach(() => {
  server = new Map([
    ['', page],
    ['assets/index-1.js', 'script'],
    ['assets/big-1.wasm', 'wasm'],
  ]);
  browser = new Map();
  asked = [];
  cached = new Map();
});

const files: SiteFiles = {
  shell: { 'index.html': sha256(page), 'assets/index-1.js': sha256('script') },
  later: { 'assets/big-1.wasm': sha256('wasm') },
  entry: 'assets/index-1.js',
};

const keeperOf = (files: SiteFiles) =>
  createKeeper(files, {
    scope,
    headers: { 'X-Isolated': 'yes' },
    fetch: async (input, init) => {
      const url = input instanceof Request ? input.url : String(input);
      const path = url.slice(scope.length);
      asked.push(path);
      const text = (init?.cache === 'force-cache' && browser.get(path)) || server.get(path);
      return new Response(text ?? '<h1>404</h1>', {
        status: text === undefined ? 404 : 200,
        headers: { 'Content-Type': 'text/plain' },
      });
    },
    openCache: async () => ({
      match: async (key, options) => {
        const isIt = (url: string) => (options?.ignoreSearch ? url.split('?')[0] === key : url === key);
        return [...cached].find(([url]) => isIt(url))?.[1].clone();
      },
      put: async (key, response) => void cached.set(String(key), response),
      delete: async (key) => cached.delete((key as Request).url),
      keys: async () => [...cached.keys()].map((url) => new Request(url)),
    }),
  });

const keptPaths = () => [...cached.keys()].map((url) => url.slice(scope.length).split('?')[0]).sort();
const lasting: Promise<unknown>[] = [];
const answer = async (keeper: ReturnType<typeof keeperOf>, path: string) => {
  const response = await keeper.answer(path, new Request(scope + path), (work) => lasting.push(work));
  const text = await response.text();
  await Promise.all(lasting.splice(0));
  return { text, headers: response.headers };
};

describe('an install', () => {
  it('keeps the shell, and answers from it with the right type and the headers', async () => {
    const keeper = keeperOf(files);
    await keeper.keepShell();
    expect(keptPaths()).toEqual(['assets/index-1.js', 'index.html']);
    asked.length = 0;
    const { text, headers } = await answer(keeper, 'assets/index-1.js');
    expect([text, headers.get('x-isolated')]).toEqual(['script', 'yes']);
    expect(headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(asked).toEqual([]);
  });

  it.each([
    ['a missing file', 'assets/index-1.js', undefined],
    ['a web page in its place', 'assets/index-1.js', '<h1>Sign in to this network</h1>'],
    ['a file that is cut', 'assets/index-1.js', 'scr'],
    ['the page of another version', '', '<script src="./assets/index-2.js">'],
  ])('is none with %s, and the next try takes up what came', async (_, path, found) => {
    const right = server.get(path)!;
    if (found === undefined) server.delete(path);
    else server.set(path, found);
    const keeper = keeperOf(files);
    await expect(keeper.keepShell()).rejects.toThrow('not that of this version');
    expect(keptPaths()).not.toContain(path || 'index.html');
    server.set(path, right);
    asked.length = 0;
    await keeper.keepShell();
    expect(asked).toEqual([path]);
  });

  it('takes a page that a host put something into, but no old one out of the browser’s cache', async () => {
    server.set('', `<script>hosted()</script>${page}`);
    browser.set('', `${page} of yesterday`);
    const keeper = keeperOf(files);
    await keeper.keepShell();
    expect((await answer(keeper, 'index.html')).text).toContain('hosted()');
  });

  it('fetches of a new version only what differs', async () => {
    await keeperOf(files).keepShell();
    server.set('', `${page}!`);
    asked.length = 0;
    await keeperOf({
      ...files,
      shell: { ...files.shell, 'index.html': sha256(`${page}!`) },
    }).keepShell();
    expect(asked).toEqual(['']);
  });
});

describe('use', () => {
  it('keeps what was fetched and is right, and passes on what is not', async () => {
    const keeper = keeperOf(files);
    server.set('assets/big-1.wasm', 'damaged');
    const damaged = await answer(keeper, 'assets/big-1.wasm');
    expect([damaged.text, damaged.headers.get('x-isolated')]).toEqual(['damaged', 'yes']);
    expect(keptPaths()).toEqual([]);
    server.set('assets/big-1.wasm', 'wasm');
    await answer(keeper, 'assets/big-1.wasm');
    expect(keptPaths()).toEqual(['assets/big-1.wasm']);
  });

  it('answers an older version’s page from what is still kept, until it is swept', async () => {
    await keeperOf(files).keepShell();
    server.delete('assets/index-1.js');
    const later = keeperOf({
      shell: { 'index.html': sha256(page) },
      later: {},
      entry: 'assets/index-1.js',
    });
    expect((await answer(later, 'assets/index-1.js')).text).toBe('script');
    await later.sweep();
    expect(keptPaths()).toEqual(['index.html']);
  });
});

it('knows its paths, under a folder with a space in its name, and those of nobody else', () => {
  const { pathOf } = keeperOf(files);
  expect(pathOf(scope)).toBe('index.html');
  expect(pathOf(`${scope}?pack=x#y`)).toBe('index.html');
  expect(pathOf(`${scope}assets/a%20b.js?again`)).toBe('assets/a b.js');
  expect(pathOf('https://faces.test/other/')).toBeNull();
  expect(pathOf('https://elsewhere.test/a%20path/')).toBeNull();
  expect(pathOf(`${scope}%E0%A4%A`)).toBeNull();
});
