// Which scripts of the built page a first visit loads, read from the files themselves.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Paths within the site: the page's scripts, those of the engine's worker, what these import at once, and the service
 * worker. What comes by a dynamic import is not among them: neither the runtime, nor what is shown when it is asked for.
 * @param site folder of the built page
 */
export function firstScripts(site: string): string[] {
  const page = readFileSync(join(site, 'index.html'), 'utf8');
  const engine = readdirSync(join(site, 'assets')).filter((name) => /^host-.*\.js$/.test(name));
  if (engine.length !== 1) throw new Error('The built page has not one engine.');
  const found = new Set(['sw.js', `assets/${engine[0]}`]);
  for (const [, path] of page.matchAll(/<script[^>]* src="\.\/([^"]+)"/g)) found.add(path);
  for (const path of found) {
    const code = readFileSync(join(site, path), 'utf8');
    for (const [, name] of code.matchAll(/\b(?:import|from)\s*["'`]\.\/([^"'`]+\.js)["'`]/g)) {
      found.add(`assets/${name}`);
    }
  }
  return [...found];
}
