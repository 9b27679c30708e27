// Why a script did not load: what a real server answers, in one sentence.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { loadFailure } from '../src/loadFailure.ts';

let answer: (response: ServerResponse) => void;
let close: () => void;
let site: string;

beforeEach(async () => {
  const server = createServer((_, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  close = () => server.close();
  vi.stubGlobal('location', new URL(site));
  vi.stubGlobal('navigator', { onLine: true });
});
afterEach(() => {
  vi.unstubAllGlobals();
  close();
});

it.each<[string, (response: ServerResponse) => void, string, RegExp]>([
  [
    'wrong type',
    (response) => response.writeHead(200, { 'content-type': 'application/octet-stream' }).end('x'),
    'runtime',
    /^The server sends host-1\.js as “application\/octet-stream”, and browsers run no such script: /,
  ],
  ['no type', (response) => response.end('x'), 'runtime', /^The server sends host-1\.js as no type at all/],
  [
    'missing',
    (response) => response.writeHead(404).end(),
    'runtime',
    /missing on this server \(it sent status 404\)/,
  ],
  [
    'a page in its place',
    (response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('x'),
    'runtime',
    /missing on this server \(it sent a web page in its place\)/,
  ],
  [
    'there, and refused by the browser',
    (response) => response.writeHead(200, { 'content-type': 'text/javascript' }).end('x'),
    'runtime',
    /does not run it: allow it in your blocker/,
  ],
  ['no answer', (response) => response.destroy(), 'network', /could not be fetched: check the connection/],
])('%s', async (_, reply, code, message) => {
  answer = reply;
  expect(await loadFailure('assets/host-1.js')).toMatchObject({ code, message });
});

it('offline', async () => {
  answer = (response) => response.destroy();
  vi.stubGlobal('navigator', { onLine: false });
  expect((await loadFailure(`${site}a.wasm`)).message).toMatch(/^You are offline/);
});

it('forbidden by the site’s policy', async () => {
  answer = (response) => response.end();
  const cause = new Error('CompileError: call to WebAssembly.instantiate() blocked by CSP');
  expect((await loadFailure(`${site}a.wasm`, cause)).message).toMatch(
    /script-src must allow “wasm-unsafe-eval”/,
  );
});
