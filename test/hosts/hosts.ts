// npm run hosts: the built page on the web servers that people have. On each it is to open, to generate, to open again, and
// to leave the console clean; where something cannot be, it is to say what. `npm run hosts -- nginx Pages` takes those of such names.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { chromiumArguments, findChromium } from '../../src/cli/chromium.ts';
import { buildSite, type Site, serveSite } from '../../src/cli/site.ts';
import { findFirefox, launchFirefox } from '../support/firefox.ts';
import { withoutServiceWorkers } from '../support/withoutServiceWorkers.ts';
import {
  nginxPath,
  startForgetful,
  startHeaderless,
  startNginx,
  startPages,
  startPython,
  startRecipeNginx,
  startSpace,
  startStrict,
  startTextual,
  startWasmless,
} from './servers.ts';
import { visitWebKit } from './visitWebKit.ts';
import { hasWebKit, launchWebKit } from './webkit.ts';

interface Host {
  readonly name: string;
  /** Null where its program is not installed. */
  readonly start: ((folder: string) => Promise<Site>) | null;
  /** What the page has there: several threads, one, or only a sentence. */
  readonly expected: 'threads' | 'one thread' | RegExp;
  /** Complaints of the browser itself about what the server does. */
  readonly noisy?: boolean;
  /** As in some private windows. */
  readonly withoutServiceWorkers?: boolean;
}

const hosts: readonly Host[] = [
  { name: 'npm start', start: serveSite, expected: 'threads' },
  { name: 'nginx, stock', start: nginxPath ? startNginx : null, expected: 'threads' },
  {
    name: 'nginx as docs/hosting.md has it',
    start: nginxPath ? startRecipeNginx : null,
    expected: 'threads',
  },
  { name: 'GitHub Pages', start: startPages, expected: 'threads' },
  // Of a script that the host adds to the page, its policy complains.
  { name: 'a static Space', start: startSpace, expected: 'threads', noisy: true },
  {
    name: 'GitHub Pages, without service workers',
    start: startPages,
    expected: 'one thread',
    withoutServiceWorkers: true,
  },
  { name: 'python3 -m http.server', start: startPython, expected: 'threads' },
  {
    name: 'python3 -m http.server, under a path',
    start: (folder) => startPython(join(folder, '..'), 'a%20path/'),
    expected: 'threads',
  },
  { name: '304 without headers', start: startForgetful, expected: 'threads' },
  { name: 'workers without headers', start: startHeaderless, expected: 'threads', noisy: true },
  { name: '.wasm as octet-stream', start: startWasmless, expected: 'threads' },
  {
    name: 'scripts as text',
    start: (folder) => startTextual(folder, /\.js$/),
    expected: /This page could not be loaded: .* sent with a wrong type/,
    noisy: true,
  },
  {
    name: 'the worker as text',
    start: (folder) => startTextual(folder, /host-[^/]*\.js/),
    expected: /The server sends host-\S+\.js as “text\/plain”, and browsers run no such script/,
    noisy: true,
  },
  {
    name: 'the runtime’s loader as text',
    start: (folder) => startTextual(folder, /threaded-[^/]*\.js/),
    expected: /The server sends ort-wasm\S+\.js as “text\/plain”, and browsers run no such script/,
    noisy: true,
  },
  {
    name: 'WebAssembly forbidden',
    start: startStrict,
    expected: /content security policy keeps WebAssembly from running/,
    noisy: true,
  },
  {
    name: 'no server at all',
    start: async (folder) => ({ url: pathToFileURL(join(folder, 'index.html')).href, close: async () => {} }),
    expected: /Browsers do not run this page straight from a folder: run “npm start”/,
    noisy: true,
  },
];

const given = process.argv.slice(2);
const parts = given.filter((each) => !each.startsWith('--'));
const isWanted = ({ name }: Host) => parts.length === 0 || parts.some((part) => name.includes(part));
const chosen = given.filter((each) => each.startsWith('--'));
const isChosen = (browser: string) => chosen.length === 0 || chosen.includes(`--${browser}`);

/** Milliseconds for whatever is waited for; machines are shared. */
const PATIENCE = 240_000;

const ready = (page: Page) => page.waitForSelector('main button[type=submit]:enabled', { timeout: PATIENCE });

/** Opens, generates and reloads; throws what is not as it should be. */
async function visit(page: Page, url: string, host: Host): Promise<string> {
  const { expected, noisy = false } = host;
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error}`));
  if (host.withoutServiceWorkers) {
    await page.evaluateOnNewDocument(withoutServiceWorkers);
  }
  await page.goto(url, { timeout: PATIENCE });
  if (expected instanceof RegExp) {
    const sentence = await page.waitForFunction(
      (source) => new RegExp(source).exec(document.body.innerText)?.[0],
      { timeout: PATIENCE },
      expected.source,
    );
    return `says “${await sentence.jsonValue()}”`;
  }
  await ready(page);
  await generate(page);
  await page.reload({ timeout: PATIENCE });
  await ready(page);
  await generate(page);
  const threads = await page.evaluate(() => /WASM,? (one|\d+) threads?/.exec(document.body.innerText)?.[1]);
  if ((threads === 'one' || threads === '1') !== (expected === 'one thread')) {
    throw new Error(`It runs on ${threads} thread(s), and is to have ${expected}.`);
  }
  if (!noisy && complaints.length) throw new Error(`The console says:\n${complaints.join('\n')}`);
  return `opens, generates, opens again; ${threads} thread(s)`;
}

async function generate(page: Page): Promise<void> {
  // One picture in two steps, as dragged and chosen by hand.
  for (const [selector, value] of [
    ['main input[type=range]', '2'],
    ['main .action-row select', '1'],
  ]) {
    await page.$eval(
      selector,
      (field, value) => {
        const { prototype } = field.constructor as { prototype: object };
        Object.getOwnPropertyDescriptor(prototype, 'value')!.set!.call(field, value);
        for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, { bubbles: true }));
      },
      value,
    );
  }
  await page.type('textarea', 'a smiling woman');
  await page.keyboard.down('Control');
  await page.keyboard.press('Enter');
  await page.keyboard.up('Control');
  await page.waitForSelector('article img', { timeout: PATIENCE });
}

async function visitAll(browser: Browser, folder: string): Promise<number> {
  const name = (await browser.version()).split('/')[0];
  let failures = 0;
  for (const host of hosts.filter(isWanted)) {
    if (!host.start) {
      console.log(`${name}, ${host.name}: skipped, as it is not installed`);
      continue;
    }
    const site = await host.start(folder);
    const context = await browser.createBrowserContext();
    try {
      console.log(`${name}, ${host.name}: ${await visit(await context.newPage(), site.url, host)}`);
    } catch (error) {
      failures++;
      console.log(`${name}, ${host.name}: FAILED. ${error instanceof Error ? error.message : error}`);
    } finally {
      await context.close();
      await site.close();
    }
  }
  return failures;
}

/** Those where a "not modified" may lose the headers, and the plain one. */
async function visitAllInWebKit(folder: string): Promise<number> {
  let failures = 0;
  const names = ['npm start', '304 without headers'];
  for (const { name, start } of hosts.filter((host) => names.includes(host.name) && isWanted(host))) {
    const site = await start!(folder);
    const webkit = await launchWebKit();
    const picture = join(pictures, `WebKit, ${name}.png`);
    try {
      console.log(
        `WebKit ${webkit.version}, ${name}: ${await visitWebKit(webkit, site.url, picture)} (${picture})`,
      );
    } catch (error) {
      failures++;
      console.log(
        `WebKit ${webkit.version}, ${name}: FAILED. ${error instanceof Error ? error.message : error}`,
      );
    } finally {
      await webkit.close();
      await site.close();
    }
  }
  return failures;
}

const pictures = fileURLToPath(new URL('../.tmp/hosts/', import.meta.url));
mkdirSync(pictures, { recursive: true });
const parent = mkdtempSync(join(tmpdir(), 'clip-vqdiffusion-hosts-'));
const folder = join(parent, 'a path');
mkdirSync(folder);
// nginx reads it as another user.
chmodSync(parent, 0o755);
buildSite(folder);
const [chromium, firefox] = [findChromium(), findFirefox()];
let failures = 0;
try {
  if (chromium && isChosen('chromium')) {
    const browser = await puppeteer.launch({ executablePath: chromium, args: chromiumArguments });
    failures += await visitAll(browser, folder);
    await browser.close();
  } else if (!chromium) console.log('No Chromium found (set CHROME_PATH): skipped.');
  if (firefox && isChosen('firefox')) {
    const browser = await launchFirefox(firefox, parent);
    failures += await visitAll(browser, folder);
    await browser.close();
  } else if (!firefox) console.log('No Firefox found (set FIREFOX_PATH): skipped.');
  if (hasWebKit && isChosen('webkit')) failures += await visitAllInWebKit(folder);
  else if (isChosen('webkit'))
    console.log('No WebKit found (webkit2gtk-driver and xvfb of Debian): skipped.');
} finally {
  rmSync(parent, { recursive: true });
}
process.exit(failures ? 1 : 0);
