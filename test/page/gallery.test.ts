// The gallery where only a browser of one's own will do: a full disk, a killed renderer, two tabs, a reload.
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromiumArguments, findChromium } from '../../src/cli/chromium.ts';
import type { Gallery } from '../../src/gallery/gallery.ts';
import type { newPicture } from '../support/pictures.ts';

const executablePath = findChromium();
const root = fileURLToPath(new URL('../../', import.meta.url));

/** Opens the gallery, on a page with nothing else. */
const html = `<!doctype html>
<title>Gallery</title>
<script type="module">
  import { openGallery } from '/src/gallery/gallery.ts';
  import { newPicture } from '/test/support/pictures.ts';
  globalThis.opened = { gallery: await openGallery(), newPicture };
</script>`;

/** What that page has then. */
interface Opened {
  readonly gallery: Gallery;
  readonly newPicture: typeof newPicture;
}
declare const opened: Opened;

describe.skipIf(!executablePath)('the gallery of a browser', () => {
  let server: ViteDevServer;
  let address: string;
  let browser: Browser;
  let context: BrowserContext;

  beforeAll(async () => {
    server = await createServer({
      root,
      configFile: false,
      logLevel: 'error',
      cacheDir: 'test/.tmp/gallery-vite',
      optimizeDeps: { include: ['idb'], noDiscovery: true },
      server: { port: 0, hmr: false, watch: null },
      plugins: [
        {
          name: 'blank page',
          configureServer({ middlewares }) {
            middlewares.use('/blank', (_, response) => {
              response.setHeader('Content-Type', 'text/html');
              response.end(html);
            });
          },
        },
      ],
    });
    await server.listen();
    address = `${server.resolvedUrls!.local[0]}blank`;
    browser = await chromium.launch({ executablePath: executablePath!, args: chromiumArguments });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  beforeEach(async () => {
    context = await browser.newContext();
  });
  afterEach(() => context?.close());

  /** A tab with an open gallery. */
  async function tab(): Promise<Page> {
    const page = await context.newPage();
    await page.goto(address);
    await page.waitForFunction(() => 'opened' in globalThis);
    return page;
  }
  async function reload(page: Page): Promise<void> {
    await page.reload();
    await page.waitForFunction(() => 'opened' in globalThis);
  }
  const keep = (page: Page, seeds: readonly number[], bytes = 0) =>
    page.evaluate(
      async ([seeds, bytes]) => {
        for (const seed of seeds) {
          const picture = await opened.newPicture('a hat', seed);
          const extra = Array.from({ length: bytes / 65536 }, () =>
            crypto.getRandomValues(new Uint8Array(65536)),
          );
          await opened.gallery.keep(bytes ? { ...picture, png: new Blob([picture.png, ...extra]) } : picture);
        }
      },
      [seeds, bytes] as const,
    );
  const list = (page: Page) => page.evaluate(() => opened.gallery.list());
  const seeds = async (page: Page) => (await list(page)).map(({ seed }) => seed);
  const numbers = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

  /** For tabs that are opened from then on: one that writes already goes on by what it was told before. */
  async function quota(bytes?: number): Promise<void> {
    const session = await context.newCDPSession(await context.newPage());
    await session.send('Storage.overrideQuotaForOrigin', {
      origin: new URL(address).origin,
      ...(bytes !== undefined && { quotaSize: bytes }),
    });
  }

  it('has all twenty pictures after the renderer was killed', async () => {
    const page = await tab();
    await keep(page, numbers(1, 20));
    const before = await list(page);
    const crashed = page.waitForEvent('crash');
    void page.goto('chrome://crash').catch(() => {});
    await crashed;
    const next = await tab();
    expect(await list(next)).toEqual(before);
    expect(await seeds(next)).toEqual(numbers(1, 20).reverse());
    const recipes = await next.evaluate(async () => {
      const pictures = await Promise.all(opened.gallery.list().map(({ id }) => opened.gallery.picture(id)));
      return pictures.map((picture) => [picture?.recipe?.seed, picture?.png.size === picture?.head.bytes]);
    });
    expect(recipes).toEqual(
      numbers(1, 20)
        .reverse()
        .map((seed) => [seed, true]),
    );
  });

  it('is kept in step between two tabs that write at once, and across a reload', async () => {
    const [one, two] = [await tab(), await tab()];
    await Promise.all([keep(one, numbers(1, 10)), keep(two, numbers(101, 10))]);
    await expect.poll(async () => [(await list(one)).length, (await list(two)).length]).toEqual([20, 20]);
    expect(await list(one)).toEqual(await list(two));
    await one.evaluate(() =>
      opened.gallery.remove(
        opened.gallery
          .list()
          .slice(0, 5)
          .map(({ id }) => id),
      ),
    );
    await expect.poll(async () => (await list(two)).length).toBe(15);
    const before = await list(one);
    await reload(two);
    expect(await list(two)).toEqual(before);
  });

  describe('on a full disk', () => {
    async function refusal(work: Promise<unknown>): Promise<string> {
      const error = await work.then(
        () => new Error('nothing was refused'),
        (reason: Error) => reason,
      );
      return /UserError: (.*)/.exec(error.message)?.[1] ?? error.message;
    }

    it('says what is missing, keeps what there is, and goes on when room was made', async () => {
      await quota(600_000);
      const page = await tab();
      await keep(page, [1, 2], 2 * 65536);
      expect(await refusal(keep(page, [3], 16 * 65536))).toMatch(
        /^The browser’s storage is full: there is no room for the 1\.0 MB of this picture\. Download the picture; to keep more, delete/,
      );
      expect(await seeds(page)).toEqual([2, 1]);
      await quota();
      await keep(page, [3], 16 * 65536);
      expect(await seeds(page)).toEqual([3, 2, 1]);
      await reload(page);
      expect(await seeds(page)).toEqual([3, 2, 1]);
    });

    // Chromium reckons with the double size of what is being written, and for a while with what it refused.
    it('takes the room of removed pictures before it refuses', async () => {
      await quota(3_000_000);
      const page = await tab();
      await keep(page, numbers(1, 10), 4 * 65536);
      const ids = (await list(page)).slice(0, 8).map(({ id }) => id);
      expect(await page.evaluate((ids) => opened.gallery.remove(ids), ids)).toBe(true);
      await keep(page, [11], 8 * 65536);
      expect(await seeds(page)).toEqual([11, 2, 1]);
      expect(await page.evaluate((ids) => opened.gallery.restore(ids), ids)).toBe(0);
      await reload(page);
      expect(await seeds(page)).toEqual([11, 2, 1]);
    });

    it('is mended by deleting pictures, though there may be no room to mark them first', async () => {
      await quota(3_000_000);
      const page = await tab();
      await keep(page, numbers(1, 10), 4 * 65536);
      expect(await refusal(keep(page, [11], 8 * 65536))).toMatch(/storage is full/);
      const ids = (await list(page)).slice(0, 8).map(({ id }) => id);
      await page.evaluate((ids) => opened.gallery.remove(ids), ids);
      await keep(page, [11], 8 * 65536);
      await reload(page);
      expect(await seeds(page)).toEqual([11, 2, 1]);
    });
  });
});
