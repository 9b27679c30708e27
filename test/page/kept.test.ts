// Pictures last: on the built page in Chromium, across reloads, and where the browser keeps nothing.
import { readFile } from 'node:fs/promises';
import type { BrowserContextOptions, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readRecipe } from '../../src/png/readRecipe.ts';
import { accessibilityViolations } from '../support/accessibility.ts';
import { blurs, fillGallery } from '../support/fillGallery.ts';
import { hasChromium, PATIENCE, Visitor } from '../support/visitor.ts';

vi.setConfig({ testTimeout: 3 * PATIENCE });
const MICRO = '?pack=packs/micro/';

describe.skipIf(!hasChromium)('the pictures of a visitor', () => {
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    visitor = await Visitor.arrive({ options: { reducedMotion: 'reduce' } });
  });
  afterAll(() => visitor?.leave());

  async function visit(...how: Parameters<Visitor['visit']>) {
    await visitor.visit(...how);
    ({ page } = visitor);
  }
  /** A visit with a model open, the small one: what pictures are kept of is no matter. */
  async function open(prepare?: (page: Page) => Promise<unknown>) {
    await visit(MICRO, {}, prepare);
    await visitor.ready();
  }
  const earlier = (tab = page) => tab.getByRole('region', { name: 'Earlier pictures' });
  const pictures = () => earlier().getByRole('img');

  async function begin(prompt: string, count: number, tab = page) {
    await tab.bringToFront();
    await tab.getByRole('textbox', { name: 'Prompt' }).fill(prompt);
    await tab.getByRole('slider', { name: 'Steps' }).fill('2');
    await tab.getByLabel('How many pictures').selectOption(String(count));
    await tab.getByRole('button', { name: 'Generate', exact: true }).click();
  }
  async function made(count: number, tab = page) {
    const run = tab.getByRole('article').first();
    await expect
      .poll(() => run.getByRole('button', { name: /^Download PNG/ }).count(), { timeout: PATIENCE })
      .toBe(count);
    await visitor.ready(tab);
  }

  async function make(prompt: string, count: number) {
    await begin(prompt, count);
    await made(count);
  }

  /** A visit with that many pictures of earlier ones. */
  async function filled(count: number, options: BrowserContextOptions = {}) {
    await visit('models/portraits/pack.json', options);
    const hats = Array.from({ length: count }, (_, i) => ({ prompt: `hat ${i}`, seed: i, score: 0.25 }));
    await fillGallery(page, hats, await blurs(3));
    await page.goto(visitor.site.url);
  }

  it('are there after a reload; what is deleted is gone, and comes back by Undo', async () => {
    await open();
    await make('red hair', 2);
    await page.getByRole('button', { name: 'Move to earlier pictures' }).waitFor();
    await page.reload();
    await visitor.ready();
    await expect.poll(() => pictures().count()).toBe(2);
    const widths = () =>
      pictures().evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));
    await expect.poll(widths).toEqual([12, 12]);

    // Seen large, and closed by the back button.
    const url = page.url();
    await pictures().first().click();
    const viewer = page.getByRole('dialog');
    await viewer.getByRole('img').waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of [1440, 1024, 390]) {
        await page.setViewportSize({ width, height: 844 });
        expect(await accessibilityViolations(page)).toEqual([]);
        expect(await viewer.evaluate(({ scrollWidth }) => scrollWidth)).toBeLessThanOrEqual(width);
      }
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goBack();
    await viewer.waitFor({ state: 'detached' });
    expect(page.url()).toBe(url);

    await earlier()
      .getByRole('button', { name: /^Delete/ })
      .first()
      .click();
    await expect.poll(() => pictures().count()).toBe(1);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of [1440, 1024, 390]) {
        await page.setViewportSize({ width, height: 844 });
        expect(await accessibilityViolations(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      }
    }
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => pictures().count()).toBe(2);
    await earlier()
      .getByRole('button', { name: /^Delete/ })
      .first()
      .click();
    await expect.poll(() => pictures().count()).toBe(1);
    await page.reload();
    await expect.poll(() => pictures().count()).toBe(1);
  });

  it('are varied and followed by others like them, which their files make again to the byte', async () => {
    await open();
    await make('red hair', 1);
    const run = (name: string) => page.getByRole('article', { name, exact: true });
    const press = async (name: string) => {
      await page.getByRole('article').last().getByRole('link').first().click();
      const viewer = page.getByRole('dialog');
      await viewer.getByRole('img').waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
      await viewer.getByRole('button', { name }).click();
      await viewer.waitFor({ state: 'detached' });
      await made(4);
    };
    await press('Vary strongly');
    expect(await run('red hair').count()).toBe(2);
    await press('More like this');
    expect(await run('Like a picture').count()).toBe(1);
    expect(await accessibilityViolations(page)).toEqual([]);
    // One of each, from its file.
    for (const [place, form] of [
      [0, 'embedding'],
      // Below what was made again of the one before.
      [2, 'tokens'],
    ] as const) {
      const article = page.getByRole('article').nth(place);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        article
          .getByRole('button', { name: /^Download PNG/ })
          .first()
          .click(),
      ]);
      const file = await readFile(await download.path());
      const content = await readRecipe(file);
      if (content.kind !== 'recipe') throw new Error('no recipe');
      const { condition, start } = content.recipe;
      expect([condition.kind, start.kind]).toContain(form);
      const runs = await page.getByRole('article').count();
      // The picker is the button's own.
      const [picker] = await Promise.all([
        page.waitForEvent('filechooser'),
        page.getByRole('button', { name: 'Open a picture…' }).click(),
      ]);
      await picker.setFiles({ name: 'x.png', mimeType: 'image/png', buffer: file });
      await page.getByRole('button', { name: 'Make it again' }).click();
      await expect.poll(() => page.getByRole('article').count(), { timeout: PATIENCE }).toBe(runs + 1);
      await made(1);
      const [again] = await Promise.all([
        page.waitForEvent('download'),
        page
          .getByRole('article')
          .first()
          .getByRole('button', { name: /^Download PNG/ })
          .click(),
      ]);
      expect((await readFile(await again.path())).equals(file)).toBe(true);
    }
  });

  /** As a visitor with a finger does. */
  async function swipe(x: number, y: number) {
    const touch = await visitor.context.newCDPSession(page);
    const from = { x: 200, y: 250 };
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [from] });
    for (const share of [0.25, 0.5, 0.75, 1]) {
      const touchPoints = [{ x: from.x + share * x, y: from.y + share * y }];
      await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints });
    }
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  }

  it('are leafed through by swipes, and every button on them is large enough for a finger', async () => {
    await filled(3, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await pictures().first().tap();
    const viewer = page.getByRole('dialog');
    await viewer.getByText('1 of 3').waitFor();
    await swipe(-120, 10);
    await viewer.getByText('2 of 3').waitFor();
    await swipe(-20, 0);
    await swipe(120, -10);
    await viewer.getByText('1 of 3').waitFor();
    await swipe(5, 150);
    await viewer.waitFor({ state: 'detached' });

    const small = await earlier()
      .locator('li')
      .first()
      .locator('button:not(.kept-tile-seed), label')
      .evaluateAll((buttons) =>
        buttons
          .map((button) => [button.getBoundingClientRect(), getComputedStyle(button).opacity] as const)
          .filter(([{ width, height }, opacity]) => Math.min(width, height) < 40 || opacity !== '1'),
      );
    expect(small).toEqual([]);
  });

  it('go to the clipboard, and from there into the form', async () => {
    await filled(1, { permissions: ['clipboard-read', 'clipboard-write'] });
    await earlier().getByRole('button', { name: 'Copy picture' }).click();
    await earlier().getByRole('button', { name: 'Picture copied' }).waitFor();
    const copied = await page.evaluate(async () => {
      const [item] = await navigator.clipboard.read();
      const picture = await createImageBitmap(await item.getType('image/png'));
      return [picture.width, await (await item.getType('text/plain')).text()];
    });
    expect(copied).toEqual([128, expect.stringMatching(/^hat 0\nSteps: 10,.* Seed: 0,/)]);
    await page.getByRole('textbox', { name: 'Prompt' }).press('Control+v');
    await page.getByText('Filled in from “pasted text”').waitFor();
    expect(await page.getByRole('textbox', { name: 'Prompt' }).inputValue()).toBe('hat 0');
  });

  it('of two tabs are seen in both, and deleted in both', async () => {
    // One after the other: in a private window, Chromium's cache fails the second reader of a file that is on its way.
    await open();
    const other = await visitor.context.newPage();
    await other.goto(visitor.site.url + MICRO);
    await visitor.ready(other);
    await begin('red hair', 1);
    await begin('a hat', 1, other);
    await Promise.all([made(1), made(1, other)]);
    const seen = (tab: Page) => () => earlier(tab).locator('.kept-prompt').allTextContents();
    await expect.poll(seen(page)).toEqual(['a hat']);
    await expect.poll(seen(other)).toEqual(['red hair']);
    // What the other tab deletes is no longer kept here, and stays on the screen.
    await earlier(other)
      .getByRole('button', { name: /^Delete/ })
      .click();
    await page.getByRole('button', { name: 'Clear gallery' }).waitFor();
    expect(await page.getByRole('button', { name: /^Download PNG/ }).count()).toBe(1);
    await other.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(async () => (await seen(page)()).sort()).toEqual(['a hat', 'red hair']);
    await other.getByRole('button', { name: 'Move to earlier pictures' }).click();
    await expect.poll(async () => (await seen(other)()).sort()).toEqual(['a hat', 'red hair']);
    await earlier(other)
      .getByRole('button', { name: /^Delete: “a hat”/ })
      .click();
    await expect.poll(seen(page)).toEqual(['red hair']);
  });

  it('that find the disk full are told in a sentence, and can be downloaded', async () => {
    const { origin } = new URL(visitor.site.url);
    await open(async (page) => {
      const session = await page.context().newCDPSession(page);
      await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1000 });
    });
    await make('red hair', 2);
    const alert = page.getByRole('alert');
    await alert.getByText(/^The browser’s storage is full.*Download the picture/).waitFor();
    expect(await alert.locator('p').count()).toBe(1);
    expect(await alert.getByRole('button').allTextContents()).toEqual(['Dismiss']);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page
        .getByRole('button', { name: /^Download PNG/ })
        .first()
        .click(),
    ]);
    expect(await readRecipe(await readFile(await download.path()))).toMatchObject({ kind: 'recipe' });
    await page.getByRole('button', { name: 'Clear gallery' }).waitFor();
  });

  it('are all there after the page was killed in the middle of a run', async () => {
    await filled(20);
    await make('red hair', 2);
    await page.getByRole('slider', { name: 'Steps' }).fill('100');
    await page.getByRole('button', { name: 'Generate', exact: true }).click();
    await page.getByText(/Step \d+ of 10\d/).waitFor();
    const crashed = page.waitForEvent('crash');
    void page.goto('chrome://crash').catch(() => {});
    await crashed;
    page = await visitor.context.newPage();
    await page.goto(visitor.site.url);
    await earlier().getByText('22 pictures').waitFor();
    const seen = await earlier().locator('.kept-prompt').allTextContents();
    expect(seen.slice(0, 3)).toEqual(['red hair', 'red hair', 'hat 0']);
    await expect
      .poll(() =>
        pictures().evaluateAll((images) =>
          images.slice(0, 3).map((image) => (image as HTMLImageElement).naturalWidth),
        ),
      )
      .toEqual([256, 256, 128]);
  });

  it('last as long as the page where there is no storage, and it says so', async () => {
    await open((page) =>
      page.addInitScript(() => Object.defineProperty(globalThis, 'indexedDB', { value: undefined })),
    );
    await make('a hat', 1);
    await earlier()
      .getByText(/last only until this page is closed/)
      .waitFor();
    expect(await page.getByRole('alert').textContent()).toBe('');
    await page.getByRole('button', { name: 'Move to earlier pictures' }).click();
    await expect.poll(() => pictures().count()).toBe(1);
    await page.reload();
    await visitor.ready();
    await page.getByRole('heading', { name: 'Faces from words' }).waitFor();
    expect(await pictures().count()).toBe(0);
  });
});
