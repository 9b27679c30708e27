// The built page as a visitor gets it, on a port of its own: for the benchmark and for the tests.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** Builds the page into a folder. */
export function buildSite(folder: string): void {
  const vite = fileURLToPath(new URL('../../node_modules/vite/bin/vite.js', import.meta.url));
  // In a process of its own, as `npm start` does it: under a test runner's NODE_ENV, React would be its development build.
  execFileSync(process.execPath, [vite, 'build', '--logLevel=error', '--outDir', folder, '--emptyOutDir'], {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: 'inherit',
  });
}

/** Builds the page into a folder and serves it on this machine. */
export async function startSite(folder: string): Promise<Site> {
  buildSite(folder);
  return serveSite(folder);
}

/** Serves a built page as `npm start` does. */
export async function serveSite(folder: string): Promise<Site> {
  const server = await preview({
    logLevel: 'error',
    build: { outDir: folder },
    preview: { port: 0, host: '127.0.0.1' },
  });
  const url = server.resolvedUrls?.local[0];
  if (!url) throw new Error('the preview server has no address');
  return { url, close: () => new Promise((resolve) => server.httpServer.close(() => resolve())) };
}
