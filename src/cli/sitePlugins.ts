// What the build adds to the page: its content security policy, and the service worker with the list of all files.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import { contentPolicy } from '../offline/headers.ts';
import type { SiteFiles } from '../offline/keeper.ts';

/** Bytes up to which a file is fetched whether it will be needed or not. */
const SHELL_LIMIT = 1e6;
/** Bytes up to which a file is kept at all, as it goes through memory as a whole. */
const KEPT_LIMIT = 64e6;

/** The policy of the page, in the page: no server needs to send it. */
export function policyInPage(): Plugin {
  return {
    name: 'policy-in-page',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: contentPolicy },
        injectTo: 'head-prepend',
      },
    ],
  };
}

/** Writes `sw.js` into the built folder. It changes with any file that it keeps. */
export function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    writeBundle: {
      order: 'post',
      sequential: true,
      async handler({ dir }) {
        await build({
          configFile: false,
          logLevel: 'error',
          publicDir: false,
          define: { SITE_FILES: JSON.stringify(siteFiles(dir!)) },
          build: {
            outDir: dir!,
            emptyOutDir: false,
            target: 'es2023',
            rolldownOptions: {
              input: fileURLToPath(new URL('../offline/serviceWorker.ts', import.meta.url)),
              // At the top, as it serves what lies below it; not a module, as not all browsers take one.
              output: { format: 'iife', entryFileNames: 'sw.js' },
            },
          },
        });
      },
    },
  };
}

function siteFiles(folder: string): SiteFiles {
  const shell: Record<string, string> = {};
  const later: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = join(folder, entry);
    const path = entry.replaceAll('\\', '/');
    const { size } = statSync(file);
    if (!statSync(file).isFile() || path === 'sw.js' || size > KEPT_LIMIT || isOfModel(path)) continue;
    (size > SHELL_LIMIT ? later : shell)[path] = createHash('sha256')
      .update(readFileSync(file))
      .digest('hex');
  }
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  // The last one imports the others, so its name changes with any of them; React's stays from version to version.
  const scripts = page.matchAll(/<script type="module"[^>]* src="\.\/([^"]+)"/g);
  const entry = Array.from(scripts, ([, path]) => path).at(-1);
  if (!entry) throw new Error('The built index.html names no script.');
  return { shell, later, entry };
}

/** Files of packs, which src/delivery keeps; not what the page shows of a model before it is open. */
function isOfModel(path: string): boolean {
  return path.startsWith('models/') && !path.endsWith('/welcome.webp');
}
