// Parts of pictures are painted over and drawn again: on the built page in Chromium, with the micro model's 6 x 6 tokens.
import { readFile } from 'node:fs/promises';
import type { BrowserContextOptions, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readRecipe } from '../../src/png/readRecipe.ts';
import { encodePng } from '../../src/png/write.ts';
import { decodeFree } from '../../src/recipe/start.ts';
import { accessibilityViolations } from '../support/accessibility.ts';
import { addPack, microPack } from '../support/builtSite.ts';
import { cmykJpeg, heic, hugePng, twoFrameGif } from '../support/ownPictures.ts';
import { hasChromium, PATIENCE, Visitor } from '../support/visitor.ts';

vi.setConfig({ testTimeout: 3 * PATIENCE });

describe.skipIf(!hasChromium)('a visitor with a brush', () => {
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    visitor = await Visitor.arrive({ options: { reducedMotion: 'reduce' } });
    const files = new Map(microPack());
    const manifest = JSON.parse(new TextDecoder().decode(files.get('pack.json')));
    delete manifest.graphs.encoder;
    addPack('bare', files.set('pack.json', new TextEncoder().encode(JSON.stringify(manifest))));
  });
  afterAll(() => visitor?.leave());

  async function visit(options: BrowserContextOptions = {}, pack = 'micro') {
    await visitor.visit(`?pack=packs/${pack}/&device=wasm`, options);
    ({ page } = visitor);
    await visitor.ready();
  }
  beforeEach(() => visit());
  afterEach(() => expect(visitor.complaints.filter((words) => words.startsWith('uncaught'))).toEqual([]));

  const brush = () => page.getByRole('dialog', { name: 'Repaint a part' });
  const board = () => brush().getByRole('application');
  const count = () => brush().getByRole('status').textContent();
  const button = (name: string) => brush().getByRole('button', { name, exact: true });

  async function makeOne(prompt: string) {
    await visitor.write(prompt);
    await visitor.quick(6);
    await visitor.button('Generate').click();
    await made(1);
  }
  async function made(pictures: number) {
    const run = page.getByRole('article').first();
    await expect
      .poll(() => run.getByRole('button', { name: /^Download PNG/ }).count(), { timeout: PATIENCE })
      .toBe(pictures);
    await visitor.ready();
  }
  async function openBrush() {
    await page.getByRole('article').last().getByRole('link').first().click();
    const viewer = page.getByRole('dialog');
    await viewer.getByRole('img').waitFor();
    await viewer.getByRole('button', { name: 'Repaint a part…' }).click();
    await board().waitFor();
  }
  /** The middle of a token, on the screen. */
  async function at(row: number, column: number) {
    const { x, y, width, height } = (await board().boundingBox())!;
    return { x: x + ((column - 0.5) / 6) * width, y: y + ((row - 0.5) / 6) * height };
  }
  async function drag(...way: [number, number][]) {
    for (const [i, [row, column]] of way.entries()) {
      const { x, y } = await at(row, column);
      await page.mouse.move(x, y, { steps: i ? 3 : 1 });
      if (!i) await page.mouse.down();
    }
    await page.mouse.up();
  }
  async function download() {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page
        .getByRole('article')
        .first()
        .getByRole('button', { name: /^Download PNG/ })
        .first()
        .click(),
    ]);
    const bytes = await readFile(await file.path());
    const content = await readRecipe(bytes);
    if (content.kind !== 'recipe') throw new Error('no recipe');
    return { bytes, recipe: content.recipe };
  }
  async function choose(name: string, mimeType: string, buffer: Uint8Array) {
    const [picker] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Open a picture…' }).click(),
    ]);
    await picker.setFiles({ name, mimeType, buffer: Buffer.from(buffer) });
  }

  it('paints by mouse and by keys, and gets a picture that its file makes again to the byte', async () => {
    await makeOne('red hair');
    const { recipe: before } = await download();
    await openBrush();
    expect(await count()).toBe('0 of 36 tokens chosen');
    expect(await button('Repaint').isEnabled()).toBe(false);
    // The width to begin with is one token of six.
    await drag([1, 1], [1, 4], [3, 4]);
    expect(await count()).toBe('6 of 36 tokens chosen');
    await button('Undo').click();
    expect(await count()).toBe('0 of 36 tokens chosen');
    await page.keyboard.press('Control+Shift+z');
    expect(await count()).toBe('6 of 36 tokens chosen');
    await button('Eraser').click();
    await drag([1, 4], [1, 4]);
    expect(await count()).toBe('5 of 36 tokens chosen');

    // The keys begin where the pointer was last.
    await page.keyboard.press('b');
    await page.keyboard.press('ArrowRight');
    expect(await count()).toBe('Row 1, column 5, kept. 5 of 36 tokens chosen');
    await page.keyboard.press('ArrowLeft');
    for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowDown');
    expect(await count()).toBe('Row 5, column 4, kept. 5 of 36 tokens chosen');
    await page.keyboard.press('Space');
    expect(await count()).toBe('Row 5, column 4, chosen. 6 of 36 tokens chosen');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    expect(await count()).toBe('Row 5, column 6, chosen. 8 of 36 tokens chosen');
    await page.keyboard.press('Space');
    expect(await count()).toBe('Row 5, column 6, kept. 7 of 36 tokens chosen');
    // The focus can be seen, and at the edge the keys stay.
    for (let i = 0; i < 9; i++) await page.keyboard.press('ArrowUp');
    expect(await count()).toBe('Row 1, column 6, kept. 7 of 36 tokens chosen');
    expect(await board().evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid');
    expect(await board().locator('.brush-cursor').count()).toBe(1);
    await page.keyboard.press(']');
    await page.keyboard.press('Space');
    expect(await count()).toBe('Row 1, column 6, chosen. 9 of 36 tokens chosen');
    await page.keyboard.press('Control+z');
    await button('Invert').click();
    expect(await count()).toMatch(/29 of 36 tokens chosen$/);
    await button('Clear').click();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    expect(await count()).toMatch(/7 of 36 tokens chosen$/);

    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of [1440, 1024, 390]) {
        await page.setViewportSize({ width, height: 844 });
        expect(await accessibilityViolations(page)).toEqual([]);
        expect(await brush().evaluate(({ scrollWidth }) => scrollWidth)).toBeLessThanOrEqual(width);
      }
    }
    await page.setViewportSize({ width: 1280, height: 800 });

    const field = brush().getByRole('textbox', { name: 'Prompt' });
    expect(await field.inputValue()).toBe('red hair');
    await field.fill('  ');
    await button('Repaint').click();
    await brush().getByText('Write what the picture should show.').waitFor();
    await field.fill('a hat');
    await brush().getByLabel('How many pictures').selectOption('2');
    await field.press('Control+Enter');
    await page.getByRole('dialog').first().waitFor({ state: 'detached' });
    await made(2);
    const { bytes, recipe } = await download();
    const { start } = recipe;
    if (start.kind !== 'tokens') throw new Error('no tokens');
    const free = decodeFree(start.free, 36)!;
    const painted = [0, 1, 2, 9, 15, 27, 28];
    expect(free.flatMap((may, i) => (may ? i : []))).toEqual(painted);
    expect(recipe).toMatchObject({ condition: { text: 'a hat' }, steps: before.steps });
    await page.getByText('29 of 36 tokens kept').first().waitFor();

    await choose('x.png', 'image/png', bytes);
    await page.getByRole('button', { name: 'Make it again' }).click();
    await expect.poll(() => page.getByRole('article').count(), { timeout: PATIENCE }).toBe(3);
    await made(1);
    expect((await download()).bytes.equals(bytes)).toBe(true);

    // Back under the brush, the first picture is painted as it was left.
    await openBrush();
    expect(await count()).toBe('7 of 36 tokens chosen');
  });

  it('leaves the brush by Esc and by the back button, and is in the viewer again', async () => {
    await makeOne('red hair');
    await openBrush();
    await page.keyboard.press('Escape');
    await brush().waitFor({ state: 'detached' });
    const repaint = page
      .getByRole('dialog', { name: 'red hair' })
      .getByRole('button', { name: 'Repaint a part…' });
    await repaint.waitFor();
    expect(await repaint.evaluate((element) => element === document.activeElement)).toBe(true);
    await repaint.click();
    await board().waitFor();
    await page.goBack();
    await brush().waitFor({ state: 'detached' });
    await repaint.waitFor();
    await page.goBack();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(page.url()).toContain('packs/micro/');
  });

  it('paints with a finger, whose page stands still, and with a pen', async () => {
    await visit({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await makeOne('red hair');
    await openBrush();
    const touch = await visitor.context.newCDPSession(page);
    const send = async (
      type: 'touchStart' | 'touchMove' | 'touchEnd' | 'touchCancel',
      ...places: [number, number][]
    ) => {
      const touchPoints = await Promise.all(places.map(([row, column]) => at(row, column)));
      await touch.send('Input.dispatchTouchEvent', { type, touchPoints });
    };
    const { y: before } = await at(1, 1);
    await send('touchStart', [6, 2]);
    await send('touchMove', [4, 2]);
    await send('touchMove', [2, 2]);
    await send('touchEnd');
    expect(await count()).toBe('5 of 36 tokens chosen');
    expect((await at(1, 1)).y).toBe(before);
    // What is broken off was not painted.
    await send('touchStart', [1, 5]);
    await send('touchMove', [3, 5]);
    await expect.poll(() => board().locator('.brush-chosen').getAttribute('d')).toMatch(/M4 1/);
    await send('touchCancel');
    await expect.poll(() => board().locator('.brush-chosen').getAttribute('d')).not.toMatch(/M4 1/);
    expect(await count()).toBe('5 of 36 tokens chosen');

    const pen = async (type: 'mousePressed' | 'mouseMoved' | 'mouseReleased', row: number, column: number) =>
      touch.send('Input.dispatchMouseEvent', {
        type,
        ...(await at(row, column)),
        button: 'left',
        buttons: type === 'mouseReleased' ? 0 : 1,
        pointerType: 'pen',
      });
    await pen('mousePressed', 1, 6);
    await pen('mouseMoved', 2, 6);
    await pen('mouseReleased', 2, 6);
    expect(await count()).toBe('7 of 36 tokens chosen');
    for (const element of await brush().locator('button, select, input[type=range]').all()) {
      expect((await element.boundingBox())!.height).toBeGreaterThanOrEqual(40);
    }
  });

  /** How often the engine's worker has read it. */
  const encodersRead = async () => {
    const names = await Promise.all(
      page
        .workers()
        // The engine's; threads of the runtime wait for work, and answer nothing.
        .filter((worker) => /\/host-/.test(worker.url()))
        .map((worker) =>
          worker.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name)),
        ),
    );
    return names.flat().filter((name) => /\/encoder\.[^/]*$/.test(name)).length;
  };
  const own = () => page.getByRole('region', { name: 'Your picture' });

  it('brings pictures that no recipe made, and repaints them as the model sees them', async () => {
    const [jpeg, webp] = await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(60, 20);
      const context = canvas.getContext('2d')!;
      // Three squares: the middle one is what is taken.
      for (const [i, colour] of ['red', 'lime', 'blue'].entries()) {
        context.fillStyle = colour;
        context.fillRect(20 * i, 0, 20, 20);
      }
      const blobs = ['image/jpeg', 'image/webp'].map((type) => canvas.convertToBlob({ type, quality: 1 }));
      return Promise.all(blobs.map(async (blob) => [...new Uint8Array(await (await blob).arrayBuffer())]));
    });
    const pixel = { width: 1, height: 1, data: Uint8ClampedArray.of(9, 80, 200, 255) };
    const onePixel = new Uint8Array(await (await encodePng(pixel, [])).arrayBuffer());
    const shown = () =>
      own()
        .locator('canvas')
        .evaluate((canvas) => {
          const { width, height } = canvas as HTMLCanvasElement;
          const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
          return [width, height, ...data.slice(0, 3), ...data.slice(-4, -1)];
        });
    for (const [name, type, bytes, colour] of [
      ['three.jpg', 'image/jpeg', Uint8Array.from(jpeg), [0, 255, 0]],
      ['three.webp', 'image/webp', Uint8Array.from(webp), [0, 255, 0]],
      ['film.gif', 'image/gif', twoFrameGif(), [255, 255, 255]],
      ['pixel.png', 'image/png', onePixel, [9, 80, 200]],
      ['photo.png', 'image/png', hugePng(8000, 6250), [0, 0, 0]],
      ['print.jpg', 'image/jpeg', cmykJpeg(), null],
    ] as const) {
      await choose(name, type, bytes);
      await own().getByText(`“${name}”`).waitFor();
      const seen = await shown();
      expect(seen.slice(0, 2)).toEqual([12, 12]);
      // Both corners; a JPEG is not exact.
      const corners = colour && [...colour, ...colour].map((value, i) => Math.abs(value - seen[i + 2]));
      if (corners) expect(Math.max(...corners), name).toBeLessThan(12);
      expect(await page.getByRole('alert').textContent()).toBe('');
    }
    expect(await accessibilityViolations(page)).toEqual([]);

    for (const [name, type, bytes, sentence] of [
      [
        'new.heic',
        'image/heic',
        heic(),
        'This browser cannot read “new.heic” as a picture: save it as JPEG or PNG, and bring that.',
      ],
      [
        'logo.svg',
        'image/svg+xml',
        Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
        /^“logo.svg” is a drawing of lines/,
      ],
      ['vast.png', 'image/png', hugePng(40_000, 8000).slice(0, 999), /^This PNG is damaged/],
      ['cut.jpg', 'image/jpeg', cmykJpeg().slice(0, 30), /^This browser cannot read “cut.jpg”/],
    ] as const) {
      await choose(name, type, bytes);
      await page.getByRole('alert').getByText(sentence).waitFor();
      expect(await own().count()).toBe(0);
      await page.getByRole('alert').getByRole('button', { name: 'Dismiss' }).click();
    }

    // Pasted, as of a screenshot. The encoder is read for it alone.
    expect(await encodersRead()).toBe(0);
    await page.evaluate((bytes) => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([Uint8Array.from(bytes)], 'image.jpg', { type: 'image/jpeg' }));
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    }, jpeg);
    await own().getByText('“image.jpg”').waitFor();
    await page.getByRole('textbox', { name: 'Prompt' }).fill('a beard');
    await page.getByLabel('How many pictures').selectOption('1');
    await page.getByRole('slider', { name: 'Steps' }).fill('6');
    await own().getByRole('button', { name: 'Repaint a part…' }).click();
    await board().waitFor();
    expect(await encodersRead()).toBe(1);
    expect(await accessibilityViolations(page)).toEqual([]);
    await brush()
      .getByText(/^“image.jpg” as Micro sees it, in 36 tokens/)
      .waitFor();
    expect(await brush().getByRole('textbox', { name: 'Prompt' }).inputValue()).toBe('a beard');
    await drag([2, 2], [2, 5]);
    await button('Repaint').click();
    await made(1);
    const { bytes, recipe } = await download();
    expect(recipe).toMatchObject({ condition: { text: 'a beard' }, steps: 6, start: { kind: 'tokens' } });
    await page.getByText('32 of 36 tokens kept').waitFor();
    await choose('x.png', 'image/png', bytes);
    await page.getByRole('button', { name: 'Make it again' }).click();
    expect(await own().count()).toBe(0);
    await expect.poll(() => page.getByRole('article').count(), { timeout: PATIENCE }).toBe(2);
    await made(1);
    expect((await download()).bytes.equals(bytes)).toBe(true);
  });

  it('is told by a model without an encoder, which asks for none', async () => {
    await visit({}, 'bare');
    await choose('film.gif', 'image/gif', twoFrameGif());
    await own().getByRole('button', { name: 'Repaint a part…' }).click();
    await page
      .getByRole('alert')
      .getByText(
        'The model “Micro” has no encoder, so it cannot take up pictures that it did not make: use one of its own.',
      )
      .waitFor();
    await own().getByRole('button', { name: 'Close' }).click();
    expect(await own().count()).toBe(0);
    await makeOne('red hair');
  });
});
