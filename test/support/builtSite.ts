// Before the walks: the page is built once for all of them, the micro pack beside it as packs/micro. They only read it, and
// put packs of their own there under names that no other has.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSite } from '../../src/cli/site.ts';
import { convertMicroPack, type PackInMemory } from './microPack.ts';

/** With its closing slash. */
export const siteFolder = fileURLToPath(new URL('../.tmp/site/', import.meta.url));

/** Puts a pack beside the built page. */
export function addPack(name: string, files: PackInMemory): void {
  mkdirSync(`${siteFolder}packs/${name}`, { recursive: true });
  for (const [path, bytes] of files) writeFileSync(`${siteFolder}packs/${name}/${path}`, bytes);
}

/** The one that lies beside it. */
export function microPack(): PackInMemory {
  const folder = `${siteFolder}packs/micro/`;
  return new Map(readdirSync(folder).map((name) => [name, new Uint8Array(readFileSync(folder + name))]));
}

export default async function setup(): Promise<void> {
  buildSite(siteFolder);
  addPack('micro', await convertMicroPack('fp16'));
}
