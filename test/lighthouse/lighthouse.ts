// npm run lighthouse: what Lighthouse says of the built page, as a desktop and as a phone. Lighthouse is no dependency of this
// project; npx fetches it the first time. The page lies on a server that compresses, as hosts do.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { findChromium } from '../../src/cli/chromium.ts';
import { buildSite } from '../../src/cli/site.ts';
import { isolation, serverPolicy } from '../../src/offline/headers.ts';

const VERSION = '12.8.2';
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, json: { type: 'string' } },
});

const wanted = {
  desktop: { performance: 100, accessibility: 100, 'best-practices': 100 },
  mobile: { performance: 95, accessibility: 100, 'best-practices': 100 },
} as const;
type Form = keyof typeof wanted;

interface Report {
  readonly categories: Readonly<
    Record<string, { readonly score: number; readonly auditRefs: readonly { readonly id: string }[] }>
  >;
  readonly audits: Readonly<
    Record<string, { readonly title: string; readonly score: number | null; readonly displayValue?: string }>
  >;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.wasm': 'application/wasm',
};

function serve(folder: string): Promise<{ readonly url: string; close(): void }> {
  const compressed = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const path = decodeURI(new URL(request.url!, 'http://localhost').pathname).slice(1) || 'index.html';
    const file = join(folder, path);
    if (!existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
    const type = types[extname(file)];
    const headers = {
      ...isolation,
      'Content-Security-Policy': serverPolicy,
      'Content-Type': type ?? 'application/octet-stream',
      'Cache-Control': path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    };
    if (!type || /image\/(png|webp)/.test(type) || request.headers.range) {
      return response.writeHead(200, headers).end(readFileSync(file));
    }
    const body = compressed.get(file) ?? gzipSync(readFileSync(file));
    compressed.set(file, body);
    response.writeHead(200, { ...headers, 'Content-Encoding': 'gzip' }).end(body);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({ url: `http://127.0.0.1:${port}/`, close: () => server.close() });
    });
  });
}

/** In a process beside this one, which serves the page meanwhile. */
async function lighthouse(url: string, form: Form, out: string): Promise<Report> {
  const file = join(out, `${form}.json`);
  const child = spawn(
    'npx',
    [
      '--yes',
      `lighthouse@${VERSION}`,
      url,
      '--quiet',
      '--output=json',
      `--output-path=${file}`,
      '--only-categories=performance,accessibility,best-practices',
      '--chrome-flags=--headless=new --no-sandbox',
      ...(form === 'desktop' ? ['--preset=desktop'] : []),
    ],
    { env: { ...process.env, CHROME_PATH: findChromium()! }, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`Lighthouse ended with ${code}.`);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** What costs points, and the measured values. */
function details({ categories, audits }: Report, category: string): string[] {
  return categories[category].auditRefs.flatMap(({ id }) => {
    const { title, score, displayValue } = audits[id];
    return score === null || score >= 0.9 ? [] : [`    ${title}${displayValue ? `: ${displayValue}` : ''}`];
  });
}

const metrics = [
  'first-contentful-paint',
  'largest-contentful-paint',
  'total-blocking-time',
  'cumulative-layout-shift',
  'speed-index',
];

const site = fileURLToPath(new URL('../.tmp/lighthouse/', import.meta.url));
buildSite(site);
const { url, close } = await serve(site);
const out = values.json ?? mkdtempSync(join(tmpdir(), 'lighthouse-'));
try {
  for (const form of ['desktop', 'mobile'] as const) {
    const reports: Report[] = [];
    for (let round = 0; round < Number(values.rounds); round++)
      reports.push(await lighthouse(url, form, out));
    for (const [category, least] of Object.entries(wanted[form])) {
      const scores = reports.map(({ categories }) => Math.round(100 * categories[category].score));
      const score = scores.toSorted((a, b) => a - b)[scores.length >> 1];
      if (score < least) process.exitCode = 1;
      console.log(`${form}, ${category}: ${score} (${scores.join(', ')}); wanted: ${least}`);
      for (const line of new Set(reports.flatMap((report) => details(report, category)))) console.log(line);
    }
    const { audits } = reports[0];
    console.log(`  ${metrics.map((id) => `${audits[id].title}: ${audits[id].displayValue}`).join(', ')}`);
  }
} finally {
  close();
}
