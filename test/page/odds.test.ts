// The built page in Chromium where something is not as it should be: packs, engines, storage; and for those who see little.
import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { accessibilityViolations } from '../support/accessibility.ts';
import { addPack, microPack, siteFolder } from '../support/builtSite.ts';
import { holdSeconds, passSeconds } from '../support/heldSeconds.ts';
import { hasChromium, PATIENCE, Visitor } from '../support/visitor.ts';

const prompt = 'a smiling woman with long red hair and round glasses';
vi.setConfig({ testTimeout: 3 * PATIENCE });

describe.skipIf(!hasChromium)('a visitor', () => {
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await Visitor.arrive();
  });
  afterAll(() => visitor?.leave());
  afterEach(() => visitor.context?.close());

  it.each([
    ['wide', { width: 1280, height: 800 }],
    ['phone', { width: 360, height: 740 }],
  ])('finds it accessible, light and dark: %s', async (_, viewport) => {
    await visitor.visit('?pack=packs/micro/', {
      viewport,
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await visitor.ready();
    const check = async (state: string) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await visitor.page.emulateMedia({ colorScheme });
        expect(await accessibilityViolations(visitor.page), `${state}, ${colorScheme}`).toEqual([]);
      }
      const overflow = await visitor.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, `${state}: scrolls sideways`).toBeLessThanOrEqual(0);
    };
    await check('idle');
    await visitor.write(prompt);
    await visitor.quick(100, 16);
    await visitor.openAdvanced();
    await check('advanced');
    await visitor.button('Generate').click();
    await visitor.page.getByText(/Step \d+ of 10\d/).waitFor();
    await check('running');
    await visitor.button('Stop').click();
    await visitor.ready();
    await visitor.quick();
    await visitor.button('Generate').click();
    await visitor.finished(1);
    await check('results');
    await visitor.page
      .getByRole('button', { name: /^Use this seed/ })
      .first()
      .click();
    await visitor.write('a zebra');
    await check('seed kept');
    await visitor.page
      .getByRole('button', { name: /^Copy link/ })
      .first()
      .click();
    await visitor.page.getByRole('button', { name: /^Link copied/ }).waitFor();
    const link = await visitor.page.evaluate(() => navigator.clipboard.readText());
    await visitor.page.goto(link);
    await visitor.page.getByRole('region', { name: 'Opened picture' }).waitFor();
    expect(new URL(visitor.page.url()).hash).toBe('');
    expect(await visitor.page.getByRole('textbox', { name: 'Prompt' }).inputValue()).toBe(prompt);
    await visitor.ready();
    await check('a link opened');
    await visitor.button('Make it again').click();
    // A link writes the model's address in its own way: the page is loaded anew, without its run.
    await visitor.finished(1);
    expect(visitor.complaints).toEqual([]);
  });

  describe('of other packs', () => {
    /** The micro pack with one change. */
    function broken(name: string, change: (files: Map<string, Uint8Array>) => void) {
      const files = new Map(microPack());
      change(files);
      addPack(name, files);
      return `?pack=packs/${name}/`;
    }
    const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
    const manifest = () => JSON.parse(new TextDecoder().decode(microPack().get('pack.json')));

    it.each<[string, RegExp, (files: Map<string, Uint8Array>) => void]>([
      [
        'flipped',
        /denoiser\.fp16\.onnx is damaged: its SHA-256/,
        (files) => {
          const bytes = files.get('denoiser.fp16.onnx')!.slice();
          bytes[bytes.length >> 1] ^= 1;
          files.set('denoiser.fp16.onnx', bytes);
        },
      ],
      [
        'cut',
        /decoder\.fp16\.onnx is damaged: it has \d+ instead of \d+ bytes/,
        (files) => files.set('decoder.fp16.onnx', files.get('decoder.fp16.onnx')!.subarray(0, 5000)),
      ],
      [
        // The server answers a path it does not know with the page itself.
        'page-instead-of-model',
        /conditioner\.fp16\.onnx” is a web page and not a file of a model pack/,
        (files) => {
          files.delete('conditioner.fp16.onnx');
        },
      ],
      [
        'newer',
        /format version 2, and this page reads version 1: use a newer page/,
        (files) => files.set('pack.json', text({ ...manifest(), version: 2 })),
      ],
      [
        'not-a-graph',
        /The graph conditioner is no ONNX model/,
        (files) => {
          const bytes = new TextEncoder().encode('this is no graph');
          files.set('conditioner.fp16.onnx', bytes);
          const { graphs, ...rest } = manifest();
          const sha256 = createHash('sha256').update(bytes).digest('hex');
          graphs.conditioner.fp16 = { ...graphs.conditioner.fp16, bytes: bytes.length, sha256 };
          files.set('pack.json', text({ ...rest, graphs }));
        },
      ],
    ])('%s: one sentence, and the page stays', async (name, message, change) => {
      await visitor.visit(broken(name, change));
      await visitor.alert().getByText(message).waitFor();
      expect(await visitor.button('Generate').isDisabled()).toBe(true);
      // Whatever was wrong is mended, and trying again is enough.
      addPack(name, microPack());
      await visitor.button('Try again').click();
      await visitor.ready();
      await visitor.write('a face');
      await visitor.quick(1);
      await visitor.button('Generate').click();
      await visitor.finished(1);
    });

    it('that does not exist, or is no address', async () => {
      await visitor.visit('?pack=packs/nowhere/');
      await visitor
        .alert()
        .getByText(/is a web page and not a file of a model pack|is not there/)
        .waitFor();
      await visitor.visit('?pack=javascript:visitor.alert(1)');
      await visitor
        .alert()
        .getByText(/is not the address of a model folder/)
        .waitFor();
      expect(visitor.complaints).toEqual([]);
    });
  });

  describe('whose engine fails', () => {
    const working = () => visitor.page.waitForFunction(() => document.querySelector('main progress[value]'));
    /** A run of many steps, under way; and its worker. */
    async function running(prepare?: (page: Page) => Promise<unknown>) {
      await visitor.visit('?pack=packs/micro/', {}, prepare);
      await visitor.ready();
      await visitor.write('a face');
      await visitor.quick(100, 16);
      await visitor.page.locator('main button[type=submit]').click();
      await working();
      const [worker] = visitor.page.workers().filter((each) => /\/host-/.test(each.url()));
      return worker;
    }

    it('without a word sees the run go on, and where it came from', async () => {
      const worker = await running();
      await worker.evaluate(() => self.close());
      await visitor.page.getByText(/ · went on after the engine broke off$/).waitFor();
      await visitor.page.getByText(/^Step \d+ of/).waitFor();
      expect(await visitor.alert().textContent()).toBe('');
      await visitor.button('Stop').click();
      await visitor.ready();
      // The browser tells of an ended worker a moment later.
      const engines = () => visitor.page.workers().filter((each) => /\/host-/.test(each.url()));
      await expect.poll(() => engines().length, { timeout: 10_000 }).toBe(1);
      expect(visitor.complaints).toEqual([]);
    });

    it('by hanging sees the run go on after a while', async () => {
      const worker = await running(holdSeconds);
      // Still for ever, and without taking a core from other tests.
      await worker.evaluate(
        () => void setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)),
      );
      await visitor.page.waitForTimeout(1000);
      // The slowest device may need half a minute for a step.
      await passSeconds(visitor.page, 25);
      const goneOn = visitor.page.getByText(/ · went on after the engine broke off$/);
      expect(await goneOn.count()).toBe(0);
      // On a busy machine it comes to hang only when the step at hand is done.
      for (let tries = 0; tries < 60 && !(await goneOn.count()); tries++) {
        await passSeconds(visitor.page, 60);
        await visitor.page.waitForTimeout(1000);
      }
      await goneOn.waitFor();
      await visitor.page.getByText(/^Step \d+ of/).waitFor();
      expect(await visitor.alert().textContent()).toBe('');
      await visitor.button('Stop').click();
      await visitor.ready();
      expect(visitor.complaints).toEqual([]);
    });
  });

  it('who opens the built page as a file reads how to open it', async () => {
    visitor.context = await visitor.browser.newContext();
    visitor.page = await visitor.context.newPage();
    await visitor.page.goto(pathToFileURL(`${siteFolder}index.html`).href);
    await visitor
      .alert()
      .getByText(/^Browsers do not run this page straight from a folder: run “npm start”/)
      .waitFor();
  });

  it('without storage is told why, opens the built-in model, and loses nothing to a dropped file', async () => {
    await visitor.visit('?pack=packs/micro/');
    await visitor.page.addInitScript(() => Object.defineProperty(navigator, 'storage', { value: undefined }));
    await visitor.page.reload();
    await visitor.ready();
    const prevented = await visitor.page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['x'], 'photo.png'));
      const options = { dataTransfer, bubbles: true, cancelable: true };
      return ['dragover', 'drop'].map((type) => !document.body.dispatchEvent(new DragEvent(type, options)));
    });
    expect(prevented).toEqual([true, true]);
    await visitor
      .alert()
      .getByText(/^This file is no PNG/)
      .waitFor();
    await visitor.button('Models').click();
    await visitor.page
      .getByRole('dialog')
      .getByText(/^This browser cannot keep models of your own/)
      .first()
      .waitFor();
    await visitor.page
      .getByRole('dialog')
      .getByRole('button', { name: /^Use Portraits/ })
      .click();
    await visitor.page.waitForURL((url) => !url.searchParams.has('pack'));
    await visitor.ready();
    expect(visitor.complaints).toEqual([]);
  });
});
