// The built page as a visitor gets it, on a port of its own, with odd packs beside the built-in one.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type PreviewServer, preview } from 'vite';
import type { PackInMemory } from './microPack.ts';

export interface Site {
  readonly url: string;
  /** Serves files of a pack under packs/<name>/. */
  addPack(name: string, files: PackInMemory): void;
  close(): Promise<void>;
}

export async function startSite(): Promise<Site> {
  const folder = fileURLToPath(new URL('../.tmp/site', import.meta.url));
  // In a process of its own, as `npm start` does it: under a test runner's NODE_ENV, React would be its development build.
  execFileSync(
    process.execPath,
    [
      fileURLToPath(new URL('../../node_modules/vite/bin/vite.js', import.meta.url)),
      'build',
      '--logLevel=error',
      '--outDir',
      folder,
      '--emptyOutDir',
    ],
    { env: { ...process.env, NODE_ENV: 'production' }, stdio: 'inherit' },
  );
  const server: PreviewServer = await preview({
    logLevel: 'error',
    build: { outDir: folder },
    preview: { port: 0, host: '127.0.0.1' },
  });
  const url = server.resolvedUrls?.local[0];
  if (!url) throw new Error('the preview server has no address');
  return {
    url,
    addPack(name, files) {
      const place = join(folder, 'packs', name);
      mkdirSync(place, { recursive: true });
      for (const [path, bytes] of files) writeFileSync(join(place, path), bytes);
    },
    close: () => new Promise((resolve) => server.httpServer.close(() => resolve())),
  };
}
