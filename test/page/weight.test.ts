// What a visit to the built page loads, and what becomes of the parts that are loaded later when they do not come.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { BrowserContextOptions, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { firstScripts } from '../../src/cli/bench/firstScripts.ts';
import { siteFolder } from '../support/builtSite.ts';
import { hasChromium, PATIENCE, Visitor } from '../support/visitor.ts';

vi.setConfig({ testTimeout: 3 * PATIENCE });

describe.skipIf(!hasChromium)('the scripts of the built page', () => {
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await Visitor.arrive({ options: { serviceWorkers: 'allow' } });
  });
  afterEach(() => visitor.context?.close());
  afterAll(() => visitor?.leave());

  /** One picture is made. */
  async function aPicture(options: BrowserContextOptions = {}, prepare?: (page: Page) => Promise<void>) {
    await visitor.visit('?pack=packs/micro/&device=wasm', options, prepare);
    await visitor.ready();
    await visitor.quick();
    await visitor.write('a hat');
    await visitor.button('Generate').click();
    await visitor.finished(1);
  }

  it('have at most 200 kB until the first picture is there', () => {
    const sizes = firstScripts(siteFolder).map(
      (path) => gzipSync(readFileSync(siteFolder + path), { level: 9 }).length,
    );
    expect(sizes.length).toBeGreaterThan(3);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(200_000);
  });

  it('are then those that were counted, and the runtime', async () => {
    const asked = new Set<string>();
    const counted = firstScripts(siteFolder);
    await aPicture({}, async (page) => {
      page.context().on('request', (request) => {
        // What the service worker keeps for later stands in nobody's way.
        if (request.serviceWorker() || !request.url().endsWith('.js')) return;
        const path = new URL(request.url()).pathname.slice(1);
        // There are two of the bundler's helper: the page's, and the runtime's.
        const isOfRuntime = /\/(ort|rolldown-runtime)[-.]/.test(path) && !counted.includes(path);
        if (!isOfRuntime) asked.add(path);
      });
    });
    // The browser does not tell of how it looks for a service worker.
    expect([...asked, 'sw.js'].sort()).toEqual(counted.sort());
  });

  describe('when a part does not come', () => {
    const gone =
      /assets\/(Viewer|Brush|GridFields|ModelsPanel|Shortcuts|EarlierPictures|saving|Brought|readRecipe)-/;
    const offline =
      'You are offline, and this part of the page has not been fetched yet: connect, then reload the page.';
    const newer =
      'This part of the page could not be fetched, perhaps because there is a newer version: reload the page.';
    const picture = () => visitor.page.locator('a.view-link[href]').first();
    const reload = () => visitor.page.getByRole('alert').getByRole('button', { name: 'Reload' });

    /** As after a deployment that no longer has them. */
    const withoutParts = () =>
      aPicture({ serviceWorkers: 'block' }, async (page) => {
        await page.route(gone, (route) => route.fulfill({ status: 404 }));
      });

    it('a dialog says so, and the page goes on', async () => {
      await withoutParts();
      const { page } = visitor;
      for (const [name, dialog] of [
        ['Grid…', 'Grid'],
        ['Models', 'Models'],
        ['Keys', 'Keys'],
      ]) {
        if (name === 'Grid…') await visitor.openAdvanced();
        await visitor.button(name).click();
        await page.getByRole('dialog', { name: dialog }).getByText(newer).waitFor();
        await page.keyboard.press('Escape');
      }
      await visitor.button('Generate').click();
      await visitor.finished(2);
    });

    it('a picture that was to be seen large says so, and closes', async () => {
      await withoutParts();
      const { page } = visitor;
      await picture().click();
      await page.getByRole('dialog').getByText(newer).waitFor();
      await visitor.button('Close').click();
      await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
      await picture().click();
      await reload().waitFor();
      await page.unroute(gone);
      await reload().click();
      // The picture was kept.
      await picture().click();
      await page.getByRole('heading', { name: 'a hat' }).waitFor();
    });

    it('a file that was to be made or read says so above', async () => {
      await withoutParts();
      const { page } = visitor;
      await page.locator('input[type=file][accept="image/*"]').setInputFiles({
        name: 'hat.png',
        mimeType: 'image/png',
        buffer: readFileSync(new URL('../png/page.v1.png', import.meta.url)),
      });
      await visitor.alert().getByText(newer).waitFor();
      await visitor.button('Dismiss').click();
      await visitor.quick(2, 4);
      await visitor.button('Generate').click();
      await visitor.finished(5);
      await visitor.context.setOffline(true);
      await visitor.button('Download all').click();
      await visitor.alert().getByText(offline).waitFor();
      await expect.poll(() => reload().count()).toBe(1);
    });
  });
});
