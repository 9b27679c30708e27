// Pictures last: on the built page in Chromium, across reloads, and where the browser keeps nothing.
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromiumArguments, findChromium } from '../../src/cli/chromium.ts';
import { type Site, startSite } from '../../src/cli/site.ts';
import { accessibilityViolations } from '../support/accessibility.ts';

const executablePath = findChromium();
/** Milliseconds for whatever is waited for; machines are shared. */
const PATIENCE = 60_000;

describe.skipIf(!executablePath)('the pictures of a visitor', () => {
  let site: Site;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    site = await startSite(fileURLToPath(new URL('../.tmp/kept-site/', import.meta.url)));
    browser = await chromium.launch({ executablePath: executablePath!, args: chromiumArguments });
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(async () => {
    context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    context.setDefaultTimeout(PATIENCE);
    page = await context.newPage();
  });
  afterEach(() => context?.close());

  const ready = () => page.waitForFunction(() => document.querySelector('button[type=submit]:enabled'));
  const earlier = () => page.getByRole('region', { name: 'Earlier pictures' });
  const pictures = () => earlier().getByRole('img');

  async function make(prompt: string, count: number) {
    await page.getByRole('textbox', { name: 'Prompt' }).fill(prompt);
    await page.getByRole('slider', { name: 'Steps' }).fill('2');
    await page.getByLabel('How many pictures').selectOption(String(count));
    await page.getByRole('button', { name: 'Generate', exact: true }).click();
    const run = page.getByRole('article').first();
    await expect
      .poll(() => run.getByRole('button', { name: /^Download PNG/ }).count(), { timeout: PATIENCE })
      .toBe(count);
    await ready();
  }

  it('are there after a reload; what is deleted is gone, and comes back by Undo', async () => {
    await page.goto(site.url);
    await ready();
    await make('red hair', 2);
    await page.getByRole('button', { name: 'Move to earlier pictures' }).waitFor();
    await page.reload();
    await ready();
    await expect.poll(() => pictures().count()).toBe(2);
    const widths = () =>
      pictures().evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));
    await expect.poll(widths).toEqual([128, 128]);

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

  it('last as long as the page where there is no storage, and it says so', async () => {
    await page.addInitScript(() => Object.defineProperty(globalThis, 'indexedDB', { value: undefined }));
    await page.goto(site.url);
    await ready();
    await make('a hat', 1);
    await earlier()
      .getByText(/last only until this page is closed/)
      .waitFor();
    expect(await page.getByRole('alert').textContent()).toBe('');
    await page.getByRole('button', { name: 'Move to earlier pictures' }).click();
    await expect.poll(() => pictures().count()).toBe(1);
    await page.reload();
    await ready();
    await page.getByRole('heading', { name: 'Faces from words' }).waitFor();
    expect(await pictures().count()).toBe(0);
  });
});
