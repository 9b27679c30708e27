// What a visitor downloads.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { atMost, type Figure, plain } from './figures.ts';

const MEGA = 1e6;

export async function measureSizes(pack: string): Promise<Figure[]> {
  const out = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    await build({ logLevel: 'error', build: { outDir: out, copyPublicDir: false } });
    const assets = filesIn(join(out, 'assets'));
    const ours = assets.filter((file) => /\.(js|mjs)$/.test(file) && !isRuntime(file));
    const gzipped = ours.reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0);
    const runtimes = assets.filter((file) => file.endsWith('.wasm'));
    return [
      atMost('built-in pack, all files', total(filesIn(pack)) / MEGA, 24, 'MB', 2),
      atMost('JavaScript without the runtime, gzip', gzipped / 1000, 200, 'kB'),
      ...runtimes.map((file) =>
        plain(
          `runtime ${file.replace(/^.*ort-wasm-simd-threaded\.?(\w*)-?.*\.wasm$/, '$1') || 'plain'}`,
          megabytes(file),
        ),
      ),
    ];
  } finally {
    rmSync(out, { recursive: true });
  }
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}

function isRuntime(file: string): boolean {
  return /[/\\]ort[-.]/.test(file);
}

function total(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + statSync(file).size, 0);
}

function megabytes(file: string): string {
  return `${(statSync(file).size / MEGA).toFixed(1)} MB`;
}
