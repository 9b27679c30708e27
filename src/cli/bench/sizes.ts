// What a visitor downloads.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { atMost, type Figure, plain } from './figures.ts';
import { firstScripts } from './firstScripts.ts';

const MEGA = 1e6;

/** @param site folder of the built page */
export function measureSizes(pack: string, site: string): Figure[] {
  const assets = filesIn(join(site, 'assets'));
  const first = firstScripts(site).map((path) => join(site, path));
  const later = assets.filter((file) => /\.m?js$/.test(file) && !isRuntime(file) && !first.includes(file));
  const importing = later.filter((file) => /importHost-/.test(file));
  const packBytes = filesIn(pack).reduce((sum, file) => sum + statSync(file).size, 0);
  return [
    atMost('built-in pack, all files', packBytes / MEGA, 32, 'MB', 2),
    atMost('JavaScript of a visit to its first picture, no runtime, gzip', kilobytes(first), 200, 'kB'),
    plain(
      'JavaScript of what is opened later, gzip',
      `${(kilobytes(later) - kilobytes(importing)).toFixed(1)} kB`,
    ),
    plain('JavaScript fetched when weights are brought, gzip', `${kilobytes(importing).toFixed(1)} kB`),
    ...assets
      .filter((file) => file.endsWith('.wasm'))
      .map((file) =>
        plain(`runtime, ${buildName(file)} build`, `${(statSync(file).size / MEGA).toFixed(1)} MB`),
      ),
  ];
}

/** Compressed as servers do it. */
function kilobytes(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0) / 1000;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}

function isRuntime(file: string): boolean {
  // The bundler's helper is the runtime's.
  return /[/\\](ort|rolldown-runtime)[-.]/.test(file);
}

function buildName(file: string): string {
  return /threaded\.(\w+)-[^/\\]*\.wasm$/.exec(file)?.[1] ?? 'plain';
}
