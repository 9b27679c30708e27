// The web servers that a built page is put on: those that people have, and some that make one mistake each.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Site } from '../../src/cli/site.ts';

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

export const nginxPath = ['/usr/sbin/nginx', '/usr/local/bin/nginx', '/opt/homebrew/bin/nginx'].find(
  existsSync,
);
const mimeTypes = ['/etc/nginx/mime.types', '/opt/homebrew/etc/nginx/mime.types'].find(existsSync);

/** nginx as a distribution configures it, with what `extra` adds to its server. */
export async function startNginx(folder: string, extra = ''): Promise<Site> {
  const own = mkdtempSync(join(tmpdir(), 'clip-vqdiffusion-nginx-'));
  const port = await freePort();
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${own}/${name};`,
  );
  writeFileSync(
    join(own, 'nginx.conf'),
    `daemon off; pid ${own}/nginx.pid; error_log ${own}/error.log;
    events {}
    http {
      ${paths.join('\n')}
      access_log off; sendfile on;
      include ${mimeTypes}; default_type application/octet-stream;
      server { listen 127.0.0.1:${port}; root "${folder}"; ${extra} }
    }`,
  );
  const process = spawn(nginxPath!, ['-e', `${own}/error.log`, '-c', join(own, 'nginx.conf')], {
    stdio: 'inherit',
  });
  return started(process, port);
}

/** nginx with the headers that docs/hosting.md names. */
export const startIsolatedNginx = (folder: string) =>
  startNginx(
    folder,
    Object.entries(isolation)
      .map(([name, value]) => `add_header ${name} ${value};`)
      .join(' '),
  );

export async function startPython(folder: string, path = ''): Promise<Site> {
  const port = await freePort();
  const process = spawn('python3', ['-m', 'http.server', String(port), '--bind', '127.0.0.1'], {
    cwd: folder,
    stdio: 'ignore',
  });
  return started(process, port, path);
}

type Answer = (
  path: string,
  request: IncomingMessage,
) => {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
};

/** A server of files that `answer` says the peculiarities of. Headers that it sets to '' are left out. */
async function startOwn(folder: string, answer: Answer): Promise<Site> {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    const file = join(folder, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    if (!existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
    const { status = 200, headers = {} } = answer(request.url!, request);
    const type = types[extname(file)] ?? 'application/octet-stream';
    const all = { 'Content-Type': type, ...isolation, 'Cache-Control': 'no-cache', ...headers };
    response.writeHead(status, Object.fromEntries(Object.entries(all).filter(([, value]) => value)));
    response.end(status === 200 ? readFileSync(file) : undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const bare = { 'Content-Type': '', 'Cross-Origin-Opener-Policy': '', 'Cross-Origin-Embedder-Policy': '' };

/** Says "not modified" without a header but the tag. */
export const startForgetful = (folder: string) =>
  startOwn(folder, (path, { headers }) =>
    headers['if-none-match'] === `"${path}"`
      ? { status: 304, headers: { ...bare, ETag: headers['if-none-match'] } }
      : { headers: { ETag: `"${path}"` } },
  );

/** Gives workers and threads no headers, until they are asked for past the cache: what a forgetful one is to WebKit. */
export const startHeaderless = (folder: string) =>
  startOwn(folder, (path) => ({
    headers: /(Host|host|threaded)-[^/]*\.js$/.test(path) ? { 'Cross-Origin-Embedder-Policy': '' } : {},
  }));

/** Knows no WASM. */
export const startWasmless = (folder: string) =>
  startOwn(folder, (path) => ({
    headers: path.endsWith('.wasm') ? { 'Content-Type': 'application/octet-stream' } : {},
  }));

/** Sends the scripts whose name matches as text. */
export const startTextual = (folder: string, scripts: RegExp) =>
  startOwn(folder, (path) => ({ headers: scripts.test(path) ? { 'Content-Type': 'text/plain' } : {} }));

/** Forbids WebAssembly. */
export const startStrict = (folder: string) =>
  startOwn(folder, () => ({
    headers: { 'Content-Security-Policy': "script-src 'self' 'unsafe-inline'" },
  }));

export async function freePort(): Promise<number> {
  const socket = createSocket();
  await new Promise<void>((resolve) => socket.listen(0, '127.0.0.1', resolve));
  const { port } = socket.address() as AddressInfo;
  await new Promise((resolve) => socket.close(resolve));
  return port;
}

/** Waits until a server answers. */
async function started(server: ChildProcess, port: number, path = ''): Promise<Site> {
  const url = `http://127.0.0.1:${port}/${path}`;
  for (let tries = 0; ; tries++) {
    const response = await fetch(url).catch(() => null);
    if (response?.ok) break;
    if (tries === 100) throw new Error(`${server.spawnfile} does not answer at ${url}.`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.once('exit', () => resolve());
        server.kill();
      }),
  };
}
