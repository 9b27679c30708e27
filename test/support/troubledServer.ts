// A server of files that does everything right until it is told not to.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly path: string;
  /** Of the whole file where no part was asked for. */
  readonly from: number;
  readonly to: number;
  readonly isPart: boolean;
  readonly headers: IncomingMessage['headers'];
}

export interface Trouble {
  /** Answers in place of the server's own way, where it returns true. */
  readonly answer: (asked: Asked, response: ServerResponse, body: Uint8Array) => boolean | undefined;
}

export type Files = Map<string, Uint8Array>;

const types: Readonly<Record<string, string>> = {
  html: 'text/html',
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
  json: 'application/json',
  wasm: 'application/wasm',
};

/**
 * @param files by their paths; the caller may change them at any time
 * @param headers of every answer
 */
export async function troubledServer(files: Files, headers: Readonly<Record<string, string>> = {}) {
  const requests: Asked[] = [];
  const state = { trouble: null as Trouble['answer'] | null, etag: etagOf, open: 0 };
  const server = createServer((request, response) => {
    const path =
      decodeURIComponent(new URL(request.url!, 'http://localhost').pathname).slice(1) || 'index.html';
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader('connection', 'close');
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('cross-origin-resource-policy', 'cross-origin');
    const body = files.get(path);
    if (!body) return void response.writeHead(404).end('not here');
    const etag = state.etag(path, body);
    const { range } = request.headers;
    const isCurrent = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
    const found = isCurrent ? /^bytes=(\d+)-(\d+)$/.exec(range ?? '') : null;
    const from = found ? Number(found[1]) : 0;
    const to = found ? Math.min(Number(found[2]) + 1, body.length) : body.length;
    const asked: Asked = { path, from, to, isPart: found !== null, headers: request.headers };
    requests.push(asked);
    state.open++;
    response.on('close', () => state.open--);
    response.setHeader('etag', etag);
    response.setHeader('content-type', types[path.split('.').at(-1)!] ?? 'application/octet-stream');
    if (state.trouble?.(asked, response, body)) return;
    if (found && from >= body.length) return void response.writeHead(416).end();
    if (found) response.setHeader('content-range', `bytes ${from}-${to - 1}/${body.length}`);
    response.setHeader('content-length', to - from);
    response.writeHead(found ? 206 : 200);
    response.end(body.subarray(from, to));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    state,
    /** Behaves again, and forgets what was asked so far. */
    async begin() {
      // What is still under way of an earlier visit is not to be counted for the next.
      do await new Promise((resolve) => setTimeout(resolve, 10));
      while (state.open > 0);
      requests.length = 0;
      Object.assign(state, { trouble: null, etag: etagOf });
    },
    close() {
      server.closeAllConnections();
      return new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

export type TroubledServer = Awaited<ReturnType<typeof troubledServer>>;

function etagOf(_: string, body: Uint8Array): string {
  return `"${createHash('sha256').update(body).digest('hex').slice(0, 12)}"`;
}
