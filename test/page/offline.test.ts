// The built page without a network, on hosts that send no headers, through new versions, and under its policy.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { BrowserContextOptions, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Site } from '../../src/cli/site.ts';
import { serverPolicy } from '../../src/offline/headers.ts';
import { pages, startOwn, startPages } from '../hosts/servers.ts';
import { siteFolder } from '../support/builtSite.ts';
import { hasChromium, PATIENCE, Visitor } from '../support/visitor.ts';
import { type SeenRequest, startWatchedProxy, type WatchedProxy } from '../support/watchedProxy.ts';

vi.setConfig({ testTimeout: 3 * PATIENCE });
/** Without a model of any size; it is not of the build's own, so nothing of it is kept. */
const MICRO = '?pack=packs/micro/';
/** A word that nothing else holds. */
const WORD = 'zaffre';

describe.skipIf(!hasChromium)('the built page', () => {
  let visitor: Visitor;
  let page: Page;
  let loads: number;
  const running: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    // A name that is not this machine's own: browsers trust what comes over plain http from no other.
    visitor = await Visitor.arrive({
      args: ['--host-resolver-rules=MAP plain.test 127.0.0.1'],
      options: { serviceWorkers: 'allow' },
    });
  });
  afterAll(() => visitor?.leave());
  afterEach(async () => {
    await visitor?.context?.close();
    for (const each of running.splice(0)) await each.close();
  });

  async function started<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
    const server = await starting;
    running.push(server);
    return server;
  }

  async function visit(url: string, options: BrowserContextOptions = {}) {
    loads = 0;
    await visitor.visit(url, options, async (page) => page.on('load', () => loads++));
    ({ page } = visitor);
  }

  const notice = () => page.getByText('A new version is ready:');
  const isIsolated = () => page.evaluate(() => crossOriginIsolated);

  async function generate(steps = 2) {
    await visitor.write(`a ${WORD} hat`);
    await visitor.quick(steps);
    await visitor.button('Generate').click();
  }
  async function picture() {
    await visitor.results().first().waitFor();
    await visitor.ready();
  }

  /** Paths of what the service worker has kept. */
  const kept = () =>
    page.evaluate(async () => {
      const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
      const keys = await Promise.all(caches_.map((cache) => cache.keys()));
      return keys.flat().map(({ url }) => new URL(url).pathname);
    });
  const controlled = () => page.waitForFunction(() => navigator.serviceWorker.controller !== null);

  it('opens and generates without a network after one visit, isolated where the host cannot do it', async () => {
    const asked: string[] = [];
    const host = await started(
      startOwn(
        siteFolder,
        (path) => {
          asked.push(path);
          return { headers: pages };
        },
        '/clip-vqdiffusion/',
      ),
    );
    await visit(host.url);
    await visitor.ready();
    expect(await isIsolated()).toBe(true);
    // Once for the service worker's sake.
    expect(loads).toBe(2);
    await expect
      .poll(kept, { timeout: PATIENCE })
      .toContainEqual(expect.stringMatching(/threaded-[^.]*\.wasm$/));

    asked.length = 0;
    await page.reload();
    await visitor.ready();
    // Whether they are new; the rest is here.
    expect(asked.filter((path) => !/\/(?:sw\.js|pack\.json)$/.test(path))).toEqual([]);

    await host.close();
    await page.reload();
    await visitor.ready();
    expect(await isIsolated()).toBe(true);
    await generate();
    await picture();
    // The parts that are fetched when they are asked for, which nobody has asked for yet.
    for (const [name, inside] of [
      ['Keys', 'This list'],
      ['Models', 'Open a model by its address'],
    ]) {
      await visitor.button(name).click();
      await page.getByRole('dialog', { name }).getByText(inside).waitFor();
      await page.keyboard.press('Escape');
    }
    await page.locator('a.view-link[href]').first().click();
    // Before it is modal, the page behind it has a heading of that name as well.
    await page
      .getByRole('dialog')
      .getByRole('heading', { name: `a ${WORD} hat` })
      .waitFor();
    await page.getByRole('button', { name: 'Repaint a part…' }).click();
    await page.getByRole('dialog', { name: 'Repaint a part' }).getByRole('application').waitFor();
    expect(loads).toBe(4);
    // Of pack.json alone, and by the browser itself.
    expect(visitor.complaints.filter((text) => !text.includes('ERR_CONNECTION_REFUSED'))).toEqual([]);
  });

  describe('where nothing isolates it', () => {
    const says = (words: RegExp) => page.locator('.page-note').getByText(words).waitFor();

    it('runs on one thread over plain http, and says so', async () => {
      const host = await started(startPages(siteFolder));
      await visit(host.url.replace('127.0.0.1', 'plain.test') + MICRO);
      await says(/one thread: for several, open it over https\.$/);
      await generate();
      await picture();
      expect(loads).toBe(1);
      expect(visitor.complaints).toEqual([]);
    });

    it('is loaded a second time only once, where even that does not help', async () => {
      const worker = readFileSync(`${siteFolder}sw.js`, 'utf8').replace('require-corp', 'unsafe-none');
      const host = await started(
        startOwn(siteFolder, (path) => ({
          headers: pages,
          ...(path.endsWith('/sw.js') && { body: worker }),
        })),
      );
      await visit(host.url + MICRO);
      await says(/one thread: for several, reload it, or try another browser\.$/);
      expect(loads).toBe(2);
      // A reload past all caches goes past the service worker too.
      const devtools = await visitor.context.newCDPSession(page);
      await devtools.send('Page.reload', { ignoreCache: true });
      await expect.poll(() => loads, { timeout: PATIENCE }).toBe(3);
      await visitor.ready();
      expect(loads).toBe(3);
    });
  });

  describe('of which there is a new version', () => {
    /** The files that differ from what was built. */
    let deployed: Map<string, string>;
    const built = (path: string) => readFileSync(siteFolder + path, 'utf8');
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    const startDeployed = () =>
      started(
        startOwn(siteFolder, (path) => {
          const body = deployed.get(path.slice(1) || 'index.html');
          return body === undefined ? {} : { body };
        }),
      );

    /** @param listed what the new version's list says of its page */
    function deploy(title: string, listed = title) {
      const page = (title: string) => built('index.html').replace('</title>', ` ${title}</title>`);
      const worker = built('sw.js').replace(sha256(built('index.html')), sha256(page(listed)));
      deployed.set('index.html', page(title));
      deployed.set('sw.js', worker);
    }
    const title = () => page.title();

    it('offers it when nothing runs, and takes it by a click alone', async () => {
      deployed = new Map();
      const host = await startDeployed();
      await visit(host.url + MICRO);
      await visitor.ready();
      await controlled();
      deploy('2');
      await generate(100);
      await page.getByText(/Step \d+ of 100/).waitFor();
      await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
      await page.waitForFunction(async () => (await navigator.serviceWorker.ready).waiting !== null);
      expect(await notice().count()).toBe(0);
      await picture();
      await notice().waitFor();
      // Another tab takes it: this one stays as it is until its visitor says so.
      const other = await visitor.context.newPage();
      await other.goto(host.url + MICRO);
      const otherButton = other.getByRole('button', { name: 'Reload', exact: true });
      await Promise.all([other.waitForEvent('load'), otherButton.click()]);
      await expect.poll(() => other.title(), { timeout: PATIENCE }).toMatch(/ 2$/);
      expect([loads, await title()]).toEqual([1, expect.not.stringMatching(/ 2$/)]);
      await notice().waitFor();
      await Promise.all([page.waitForEvent('load'), visitor.button('Reload').click()]);
      expect(await title()).toMatch(/ 2$/);
      await visitor.ready();
      expect(await notice().count()).toBe(0);
      expect(visitor.complaints).toEqual([]);
    });

    it('does not take one that is there by half, and stays whole itself', async () => {
      deployed = new Map();
      const host = await startDeployed();
      await visit(host.url + MICRO);
      await visitor.ready();
      await controlled();
      const before = await kept();
      // Its script is named in the page, and is not there yet.
      deploy('3');
      const script = /assets\/page-[^"]+\.js/.exec(built('index.html'))![0];
      const later = 'assets/page-later.js';
      deployed.set('sw.js', deployed.get('sw.js')!.replaceAll(script, later));
      const update = () =>
        page.evaluate(async () => {
          const registration = await navigator.serviceWorker.ready;
          const { installing } = await registration.update();
          if (!installing) return 'none';
          return new Promise((resolve) => {
            installing.onstatechange = () => {
              if (installing.state !== 'installing') resolve(installing.state);
            };
          });
        });
      expect(await update()).toBe('redundant');
      expect(await notice().count()).toBe(0);
      await host.close();
      running.length = 0;
      await page.reload();
      await page.getByRole('heading', { name: 'CLIP-VQDiffusion' }).waitFor();
      expect(await title()).not.toMatch(/ 3$/);
      expect(await kept()).toEqual(expect.arrayContaining(before));
    });
  });

  describe('under its policy', () => {
    let proxy: WatchedProxy;
    let host: Site;

    /** A whole visit; what is wrong with it, in words. */
    async function walk(mischief?: () => Promise<unknown>): Promise<string[]> {
      const policy = `${serverPolicy}; report-uri /violations`;
      host = await started(startOwn(siteFolder, () => ({ headers: { 'Content-Security-Policy': policy } })));
      proxy = await started(startWatchedProxy(host.url));
      await visit(host.url + MICRO, { proxy: { server: proxy.url } });
      const violations: string[] = [];
      await page.exposeFunction('noteViolation', (words: string) => void violations.push(words));
      const listen = () =>
        addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
          const { noteViolation } = globalThis as unknown as { noteViolation(words: string): void };
          noteViolation(`${effectiveDirective}: ${blockedURI}`);
        });
      await page.addInitScript(listen);
      await page.evaluate(listen);
      await visitor.ready();
      await generate();
      await picture();
      await Promise.all([page.waitForEvent('download'), visitor.results().first().click()]);
      await controlled();
      await mischief?.();
      await page.reload();
      await visitor.ready();
      const earlier = page.getByRole('region', { name: 'Earlier pictures' });
      await earlier.getByRole('link').first().click();
      await page.getByRole('dialog').getByRole('img').waitFor();
      // Reports are sent some time later.
      await page.waitForTimeout(1500);
      expect(proxy.seen.length).toBeGreaterThan(20);
      return [...new Set([...violations, ...proxy.seen.flatMap(faults)])];
    }

    /** Chromium asks Google what kind of form it sees; no page can keep it from that. */
    const ofTheBrowser = ['content-autofill.googleapis.com:443'];

    /** All that a request may be is a question for a file of the site. */
    function faults({ method, url, headers, body }: SeenRequest): string[] {
      if (ofTheBrowser.includes(url)) return [];
      if (!url.startsWith(host.url)) return [`asks ${url.replace(/^http:\/\/([^/]+).*/, '$1')}`];
      const { pathname, search } = new URL(url);
      const told = [decodeURIComponent(url), JSON.stringify(headers), body].some((text) =>
        text.includes(WORD),
      );
      return [
        ...(told ? [`tells the prompt to ${pathname}`] : []),
        ...(method === 'GET' && !body ? [] : [`sends ${method} to ${pathname}`]),
        ...(search && search !== MICRO ? [`asks with ${search}`] : []),
      ];
    }

    it('asks nobody else, tells nobody the prompt, and breaks nothing of the policy', async () => {
      expect(await walk()).toEqual([]);
      // The policy holds in the engine as well, and threads start there only from the site's own scripts.
      const [engine] = page.workers().filter((worker) => /\/host-/.test(worker.url()));
      const tried = await engine.evaluate(() =>
        ['data:text/javascript,0', 'https://elsewhere.test/x.js', '../x.js'].map((address) => {
          try {
            new Worker(address).terminate();
            return 'started';
          } catch (error) {
            return (error as Error).name;
          }
        }),
      );
      expect(tried).toEqual(['TypeError', 'TypeError', 'started']);
    });

    it('would be found out', async () => {
      const wrong = await walk(async () => {
        await page.evaluate(async (word) => {
          await fetch('http://elsewhere.test/').catch(() => {});
          await fetch(`packs/micro/pack.json?${word}`);
          await fetch('packs/micro/pack.json', { headers: { 'x-prompt': word } });
          const style = document.createElement('style');
          document.head.append(style);
          style.textContent = 'p { color: red; }';
          try {
            document.body.innerHTML += '<p>';
          } catch {
            // Refused.
          }
        }, WORD);
        const [engine] = page.workers().filter((worker) => /\/host-/.test(worker.url()));
        await engine.evaluate(() => fetch('http://elsewhere-too.test/').catch(() => {}));
      });
      expect(wrong).toEqual(
        expect.arrayContaining([
          'asks elsewhere.test',
          'asks elsewhere-too.test',
          'tells the prompt to /packs/micro/pack.json',
          `asks with ?${WORD}`,
          'sends POST to /violations',
          expect.stringMatching(/^style-src/),
          expect.stringMatching(/^require-trusted-types-for/),
        ]),
      );
    });
  });
});
