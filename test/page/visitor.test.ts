// What a visitor does, on the built page in Chromium: open, type, generate, watch, cancel, generate again, download.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { chromiumArguments, findChromium } from '../../src/cli/chromium.ts';
import { type Site, startSite } from '../../src/cli/site.ts';
import { recipeFragment } from '../../src/recipe/link.ts';
import { makeRecipe } from '../../src/recipe/recipe.ts';
import { accessibilityViolations } from '../support/accessibility.ts';
import { convertMicroPack, type PackInMemory } from '../support/microPack.ts';
import { pngChunks } from '../support/png.ts';

/** Puts a pack beside the built page. */
function addPack(name: string, files: PackInMemory): void {
  mkdirSync(`${folder}packs/${name}`, { recursive: true });
  for (const [path, bytes] of files) writeFileSync(`${folder}packs/${name}/${path}`, bytes);
}

/** In the page, before its own scripts. */
function listenToWorkers(): void {
  const words: string[] = [];
  Object.assign(globalThis, { words });
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (this: Worker, ...given: Parameters<typeof postMessage>) {
    const [request] = given;
    if (request?.type === 'cancel') words.push('cancel');
    if (request?.type === 'generate') {
      this.addEventListener('message', ({ data }) => {
        if (data.type === 'run') words.push(data.event.type);
        if (data.type === 'finished') words.push(data.cancelled ? 'cancelled' : 'finished');
      });
    }
    return postMessage.apply(this, given);
  } as typeof postMessage;
}

const executablePath = findChromium();
/** Milliseconds for whatever is waited for; machines are shared. */
const PATIENCE = 120_000;
vi.setConfig({ testTimeout: 3 * PATIENCE });
const folder = fileURLToPath(new URL('../.tmp/site/', import.meta.url));
const prompt = 'a smiling woman with long red hair and round glasses';

describe.skipIf(!executablePath)('a visitor', () => {
  let site: Site;
  let micro: PackInMemory;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  /** What the page should never say or do. */
  let complaints: string[];

  beforeAll(async () => {
    site = await startSite(folder);
    micro = await convertMicroPack('fp16');
    addPack('micro', micro);
    browser = await chromium.launch({ executablePath: executablePath!, args: chromiumArguments });
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  async function visit(
    address = '',
    options: Parameters<Browser['newContext']>[0] = {},
    prepare?: (page: Page) => Promise<void>,
  ) {
    context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      acceptDownloads: true,
      ...options,
    });
    context.setDefaultTimeout(PATIENCE);
    page = await context.newPage();
    await page.addInitScript(listenToWorkers);
    await prepare?.(page);
    complaints = [];
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(`uncaught: ${error}`));
    page.on('request', (request) => {
      if (!request.url().startsWith(site.url) && !/^(blob|data):/.test(request.url())) {
        complaints.push(`asked another host: ${request.url()}`);
      }
    });
    await page.goto(site.url + address);
  }
  afterEach(() => context?.close());

  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const results = () => page.getByRole('button', { name: /^Download PNG/ });
  const alert = () => page.getByRole('alert');
  /** A model is open, and nothing runs: while it does, the button would add to the line. */
  const ready = () =>
    page.waitForFunction(
      () => document.querySelector('button[type=submit]:enabled')?.textContent === 'Generate',
    );

  /** What engines said of their runs since the page was loaded, in order, and where it asked for a cancel. */
  const wordsOfWorkers = () => page.evaluate(() => (globalThis as unknown as { words: string[] }).words);

  /** Sets a range input by its label, as dragging does. */
  async function slide(label: string, value: number) {
    await page.getByRole('slider', { name: label }).fill(String(value));
  }
  async function openAdvanced() {
    await page.getByText('Advanced', { exact: true }).click();
  }
  async function count(pictures: number) {
    await page.getByLabel('How many pictures').selectOption(String(pictures));
  }
  /** Settings that make one quick picture. */
  async function quick(steps = 2, pictures = 1) {
    await slide('Steps', steps);
    await count(pictures);
  }
  async function finished(count: number) {
    await expect.poll(() => results().count(), { timeout: 120_000 }).toBe(count);
    await ready();
  }

  describe('of the built-in model', () => {
    beforeEach(async () => {
      await visit();
      await ready();
    });

    it('types, generates, watches, gets ranked pictures and downloads one', async () => {
      await page.getByRole('textbox', { name: 'Prompt' }).fill(prompt);
      await slide('Steps', 12);
      await button('Generate').click();
      await page.getByText(/Step \d+ of 12/).waitFor();
      await page
        .getByText(/\d+ of 256 tiles set/)
        .first()
        .waitFor();
      await finished(4);

      const scores = await page.getByText(/^CLIP \d\.\d\d$/).allTextContents();
      expect(scores).toHaveLength(4);
      expect(scores).toEqual([...scores].sort().reverse());

      const [download] = await Promise.all([page.waitForEvent('download'), results().first().click()]);
      expect(download.suggestedFilename()).toMatch(
        /^a-smiling-woman-with-long-red-hair-and-round-glasses_\d+\.png$/,
      );
      const chunks = pngChunks(readFileSync(await download.path()));
      const header = Buffer.from(chunks[0].data);
      expect([chunks[0].type, header.readUInt32BE(0), header.readUInt32BE(4)]).toEqual(['IHDR', 256, 256]);
      const texts = chunks
        .filter(({ type }) => type === 'iTXt')
        .map(({ data }) => Buffer.from(data).toString('utf8'));
      expect(texts.some((text) => text.includes(prompt))).toBe(true);
      expect(complaints).toEqual([]);
    });

    it('cancels within a step, and generates again', async () => {
      await page.getByRole('textbox', { name: 'Prompt' }).fill(prompt);
      await slide('Steps', 100);
      await button('Generate').click();
      await page.getByText(/Step ([3-9]|[1-4]\d) of 100/).waitFor();
      await button('Stop').click();
      await ready();
      const said = await wordsOfWorkers();
      const steps = (words: readonly string[]) => words.filter((word) => word === 'step').length;
      const cancel = said.indexOf('cancel');
      expect(steps(said.slice(0, cancel))).toBeLessThan(60);
      // Those on their way when it was pressed; had the run gone on, they would be forty at least.
      expect(steps(said.slice(cancel))).toBeLessThan(10);
      expect(said.slice(cancel)).not.toContain('image');
      expect(said.at(-1)).toBe('cancelled');
      expect(await results().count()).toBe(0);
      // What was seen stays, with all that made it.
      await page.getByText(/stopped at step \d+ of 100/).waitFor();
      await page.getByRole('img', { name: 'Picture 4, unfinished' }).waitFor();

      await quick();
      await button('Generate').click();
      await finished(1);
      expect(complaints).toEqual([]);
    });

    it('makes the same file again from a seed, alone or among others', async () => {
      await page.getByRole('textbox', { name: 'Prompt' }).fill(prompt);
      await quick(6, 3);
      await button('Generate').click();
      await finished(3);
      const file = async (place: number) => {
        const [download] = await Promise.all([page.waitForEvent('download'), results().nth(place).click()]);
        return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
      };
      const first = await file(0);
      await page
        .getByRole('button', { name: /^Use this seed/ })
        .first()
        .click();
      await count(1);
      await button('Generate').click();
      await finished(4);
      const again = await file(0);
      expect(again.name).toBe(first.name);
      const pixels = (bytes: Buffer) => pngChunks(bytes).filter(({ type }) => type === 'IDAT');
      expect(pixels(again.bytes)).toEqual(pixels(first.bytes));
    });

    it('works by keyboard alone', async () => {
      await page.keyboard.type('red hair');
      await quick(3);
      await page.getByRole('textbox', { name: 'Prompt' }).focus();
      await page.keyboard.press('Control+Enter');
      await finished(1);
      await slide('Steps', 100);
      // From wherever the focus is: here the slider.
      await page.keyboard.press('Control+Enter');
      await page.getByText(/Step \d+ of 100/).waitFor();
      await page.keyboard.press('Escape');
      await ready();
      expect(complaints).toEqual([]);
    });

    it('clicks Generate twice and gets one run', async () => {
      await page.getByRole('textbox', { name: 'Prompt' }).fill('sunglasses');
      await quick(4);
      await button('Generate').dblclick();
      await finished(1);
      expect(await page.getByRole('article').count()).toBe(1);
      expect(complaints).toEqual([]);
    });

    it('sends odd prompts and gets a picture or one sentence', async () => {
      const field = page.getByRole('textbox', { name: 'Prompt' });
      await quick(1);
      await button('Generate').click();
      await page.getByText('Write a prompt first').waitFor();

      let made = 0;
      const odd = [
        'word '.repeat(1000),
        'a\u0000b\u0007\u001b[31m c',
        '\ud83d lone \udc00',
        '🙂'.repeat(300),
        '<b>&amp;</b>',
      ];
      for (const text of odd) {
        await field.fill(text);
        await button('Generate').click();
        await finished(++made);
        expect(await alert().textContent()).toBe('');
      }
      await field.fill(odd[0]);
      await button('Generate').click();
      await finished(++made);
      await page.getByText(/CLIP reads 77 tokens/).waitFor();
      expect(complaints).toEqual([]);
    });

    it('reaches both ends of every slider', async () => {
      await page.getByRole('textbox', { name: 'Prompt' }).fill('a hat');
      await quick(1);
      await openAdvanced();
      let made = 0;
      for (const [guidance, truncation] of [
        [0, 0],
        [5, 1],
        [1, 0],
      ]) {
        await slide('Guidance', guidance);
        await slide('Truncation', truncation);
        await button('Generate').click();
        await finished(++made);
      }
      await page.getByRole('textbox', { name: 'Seed' }).fill('4294967295');
      await count(2);
      await button('Generate').click();
      await finished(made + 2);
      await page.getByRole('textbox', { name: 'Seed' }).fill('4294967296');
      await button('Generate').click();
      await page
        .getByText(/whole number from 0 to 4294967295/)
        .first()
        .waitFor();
      expect(complaints).toEqual([]);
    });
  });

  it('finds what was written and what was run after a reload, and does without where storage is blocked', async () => {
    await visit();
    await ready();
    const field = page.getByRole('textbox', { name: 'Prompt' });
    await field.fill('red hair');
    await quick(3);
    await button('Generate').click();
    await finished(1);
    expect(await page.title()).toMatch(/^Done · CLIP-VQDiffusion/);
    await field.fill('half writ');
    await page.reload();
    await ready();
    expect(await field.inputValue()).toBe('half writ');
    expect(await page.getByRole('spinbutton', { name: 'Steps' }).inputValue()).toBe('3');
    await field.press('Alt+ArrowUp');
    expect(await field.inputValue()).toBe('red hair');

    await page.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get: () => {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    });
    await page.reload();
    await ready();
    expect(await field.inputValue()).toBe('');
    await field.fill('a hat');
    await quick(2);
    await button('Generate').click();
    await finished(1);
    await field.fill('');
    await field.press('Alt+ArrowUp');
    expect(await field.inputValue()).toBe('a hat');
    expect(complaints).toEqual([]);
  });

  it('sees what the model draws, and takes up a prompt by a click', async () => {
    await visit();
    await ready();
    const pictures = page.getByRole('list', { name: 'What this model draws' }).getByRole('button');
    const { examples } = JSON.parse(readFileSync(`${folder}models/portraits/pack.json`, 'utf8'));
    await expect.poll(() => pictures.allTextContents()).toEqual(examples);
    await pictures.nth(1).click();
    expect(await page.getByRole('textbox', { name: 'Prompt' }).inputValue()).toBe(examples[1]);
    expect(complaints).toEqual([]);
  });

  it('finds Generate on the first screen of a small laptop', async () => {
    await visit('', { viewport: { width: 1024, height: 768 } });
    await ready();
    const box = await button('Generate').boundingBox();
    expect(box!.y + box!.height).toBeLessThan(400);
  });

  it('without storage can use the built-in model, and is told what is missing', async () => {
    await visit('?pack=packs/micro/');
    await context.addInitScript(() => {
      Object.defineProperty(StorageManager.prototype, 'getDirectory', { value: undefined });
    });
    await page.reload();
    await ready();
    const dialog = page.getByRole('dialog');
    // A dropped file never leaves the page, and opens what says why it is not taken.
    const left = await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['x'], 'faces.ckpt'));
      const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
      return document.body.dispatchEvent(event);
    });
    expect(left).toBe(false);
    await dialog
      .getByRole('alert')
      .getByText(/cannot keep models of your own/)
      .waitFor();
    await dialog
      .getByText(/cannot keep models of your own/)
      .nth(1)
      .waitFor();
    await page.locator('.model-line').getByText('Micro').waitFor();
    await button('Use Portraits').click();
    await page.locator('.model-line').getByText('Portraits').waitFor();
    await ready();
    expect(complaints).toEqual([]);
  });

  it('drags a picture of the page without meaning to bring a model', async () => {
    await visit();
    await ready();
    const drag = () =>
      page.evaluate(() => {
        const dataTransfer = new DataTransfer();
        // A browser gives a dragged picture as a file as well.
        dataTransfer.items.add(new File(['PNG'], 'picture.png'));
        const event = { dataTransfer, bubbles: true, cancelable: true };
        const welcome = document.querySelector('.welcome')!;
        welcome.dispatchEvent(new DragEvent('dragstart', event));
        welcome.dispatchEvent(new DragEvent('dragover', event));
        welcome.dispatchEvent(new DragEvent('drop', event));
        welcome.dispatchEvent(new DragEvent('dragend', event));
        return document.querySelector('dialog:modal') !== null;
      });
    expect(await drag()).toBe(false);
    expect(complaints).toEqual([]);
  });

  it('arrives by a link: its recipe is in the form, nothing runs, and a reload leaves it behind', async () => {
    const recipe = makeRecipe({
      model: { id: 'micro', fingerprint: null },
      condition: { kind: 'text', text: 'a face with {curly} hair' },
      seed: 4321,
      steps: 3,
      guidance: 2,
      truncation: { kind: 'none' },
      sampler: 'exact',
      arithmetic: 'single',
    });
    await visit(`?pack=packs/micro/${recipeFragment(recipe)}`);
    await ready();
    const written = page.getByRole('textbox', { name: 'Prompt' });
    expect(await written.inputValue()).toBe('a face with \\{curly\\} hair');
    await page.getByText('Next seed: 4321').waitFor();
    expect(page.url()).toMatch(/\?pack=packs\/micro\/$/);
    expect(await results().count()).toBe(0);
    await button('Make it again').click();
    await finished(1);
    await page.getByText('3 steps · guidance 2.00 · truncation off · seed 4321').waitFor();
    await page.reload();
    await ready();
    expect(await page.getByRole('region', { name: 'Opened picture' }).count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('by a link of a model that was built in once reads so, and has its prompt for the one that is', async () => {
    const recipe = makeRecipe({
      model: { id: 'toon', fingerprint: null },
      condition: { kind: 'text', text: 'a face with curly hair' },
      seed: 4321,
      steps: 3,
      guidance: 2,
      truncation: { kind: 'none' },
      sampler: 'exact',
      arithmetic: 'single',
    });
    await visit(`?pack=models/toon/${recipeFragment(recipe)}`);
    await alert()
      .getByText(/^The model “toon” is not built in any more: bring it as a pack/)
      .waitFor();
    await button('Open the built-in model').click();
    await ready();
    await page
      .getByText(/“toon”, which is not built in any more: .* use its prompt with “portraits”/)
      .waitFor();
    expect(await page.getByRole('textbox', { name: 'Prompt' }).inputValue()).toBe('a face with curly hair');
    expect(await button('Make it again').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('has room between the pictures on the narrowest phone', async () => {
    await visit('', { viewport: { width: 320, height: 640 } });
    await ready();
    await page.getByRole('textbox', { name: 'Prompt' }).fill('a face');
    await quick(1, 2);
    await button('Generate').click();
    await finished(2);
    const [first, second] = await page.locator('.tile').evaluateAll((tiles) =>
      tiles.map((tile) => ({
        right: Math.max(
          ...[tile, ...tile.querySelectorAll('*')].map((part) => part.getBoundingClientRect().right),
        ),
        left: tile.getBoundingClientRect().left,
      })),
    );
    expect(second.left - first.right).toBeGreaterThanOrEqual(8);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  });

  it('is told of no other host, and runs isolated', async () => {
    await visit();
    await ready();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(complaints).toEqual([]);
  });

  it.each([
    ['wide', { width: 1280, height: 800 }],
    ['phone', { width: 360, height: 740 }],
  ])('finds it accessible, light and dark: %s', async (_, viewport) => {
    await visit('', {
      viewport,
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await ready();
    const check = async (state: string) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await accessibilityViolations(page), `${state}, ${colorScheme}`).toEqual([]);
      }
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, `${state}: scrolls sideways`).toBeLessThanOrEqual(0);
    };
    await check('idle');
    await page.getByRole('textbox', { name: 'Prompt' }).fill(prompt);
    await quick(100, 2);
    await openAdvanced();
    await check('advanced');
    await button('Generate').click();
    await page.getByText(/Step \d+ of 100/).waitFor();
    await check('running');
    await button('Stop').click();
    await ready();
    await slide('Steps', 2);
    await button('Generate').click();
    await finished(2);
    await check('results');
    await page
      .getByRole('button', { name: /^Use this seed/ })
      .first()
      .click();
    await page.getByRole('textbox', { name: 'Prompt' }).fill('a zebra');
    await page.getByText('This model hasn’t learned “zebra”').waitFor();
    await check('seed kept, word unknown');
    await page
      .getByRole('button', { name: /^Copy link/ })
      .first()
      .click();
    await page.getByRole('button', { name: /^Link copied/ }).waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    await page.goto(link);
    await page.getByRole('region', { name: 'Opened picture' }).waitFor();
    expect(new URL(page.url()).hash).toBe('');
    expect(await page.getByRole('textbox', { name: 'Prompt' }).inputValue()).toBe(prompt);
    await ready();
    await check('a link opened');
    await button('Make it again').click();
    await finished(3);
    expect(complaints).toEqual([]);
  });

  describe('of other packs', () => {
    /** The micro pack with one change. */
    function broken(name: string, change: (files: Map<string, Uint8Array>) => void) {
      const files = new Map(micro);
      change(files);
      addPack(name, files);
      return `?pack=packs/${name}/`;
    }
    const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
    const manifest = () => JSON.parse(new TextDecoder().decode(micro.get('pack.json')));

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
      await visit(broken(name, change));
      await alert().getByText(message).waitFor();
      expect(await button('Generate').isDisabled()).toBe(true);
      // Whatever was wrong is mended, and trying again is enough.
      addPack(name, micro);
      await button('Try again').click();
      await ready();
      await page.getByRole('textbox', { name: 'Prompt' }).fill('a face');
      await quick(1);
      await button('Generate').click();
      await finished(1);
    });

    // A minute for a built-in model, which the software adapter is slow with.
    const onGpu = process.env.WEBGPU_PACK ?? 'packs/on-gpu/';
    it('on WebGPU draws a face', async () => {
      addPack('on-gpu', micro);
      await visit(`?device=webgpu&pack=${onGpu}`);
      await ready();
      await page.getByText(/WebGPU on google swiftshader/).waitFor();
      await page.getByRole('textbox', { name: 'Prompt' }).fill('a face');
      await quick(2);
      await openAdvanced();
      await slide('Guidance', 1);
      await button('Generate').click();
      await finished(1);
      expect(complaints).toEqual([]);
    });

    it('that does not exist, or is no address', async () => {
      await visit('?pack=packs/nowhere/');
      await alert()
        .getByText(/is a web page and not a file of a model pack|is not there/)
        .waitFor();
      await visit('?pack=javascript:alert(1)');
      await alert()
        .getByText(/is not the address of a model folder/)
        .waitFor();
      expect(complaints).toEqual([]);
    });
  });

  describe('whose engine fails', () => {
    const working = () => page.waitForFunction(() => document.querySelector('main progress[value]'));
    /** A run of many steps, under way; and its worker. */
    async function running(prepare?: (page: Page) => Promise<void>) {
      await visit('', {}, prepare);
      await ready();
      await page.getByRole('textbox', { name: 'Prompt' }).fill('a face');
      await slide('Steps', 100);
      await page.locator('main button[type=submit]').click();
      await working();
      const [worker] = page.workers().filter((each) => /\/host-/.test(each.url()));
      return worker;
    }

    it('without a word is told so at once, and finds the model open again', async () => {
      const worker = await running();
      await worker.evaluate(() => self.close());
      await alert()
        .getByText(/^The engine stopped, perhaps for lack of memory/)
        .waitFor();
      await page.waitForFunction(() => document.querySelector('button[type=submit]:enabled'));
      // The browser tells of an ended worker a moment later.
      const engines = () => page.workers().filter((each) => /\/host-/.test(each.url()));
      await expect.poll(() => engines().length, { timeout: 10_000 }).toBe(1);
      expect(complaints).toEqual([]);
    });

    it('by hanging is told so after a while, though Cancel was pressed', async () => {
      const worker = await running(({ clock }) => clock.install());
      // Still for ever, and without taking a core from other tests.
      await worker.evaluate(
        () => void setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)),
      );
      await page.waitForTimeout(1000);
      await page.locator('main button.primary').click();
      // The slowest device may need half a minute for a step.
      await page.clock.runFor(25_000);
      expect(await alert().textContent()).toBe('');
      await page.clock.runFor(60_000);
      await alert()
        .getByText(/^The engine stopped answering/)
        .waitFor();
      await page.waitForFunction(() => document.querySelector('button[type=submit]:enabled'));
      expect(complaints).toEqual([]);
    });
  });

  it('who opens the built page as a file reads how to open it', async () => {
    context = await browser.newContext();
    page = await context.newPage();
    await page.goto(pathToFileURL(`${folder}index.html`).href);
    await alert()
      .getByText(/^Browsers do not run this page straight from a folder: run “npm start”/)
      .waitFor();
  });

  it('without storage is told why, opens the built-in model, and loses nothing to a dropped file', async () => {
    await visit('?pack=packs/micro/');
    await page.addInitScript(() => Object.defineProperty(navigator, 'storage', { value: undefined }));
    await page.reload();
    await ready();
    const prevented = await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['x'], 'photo.png'));
      const options = { dataTransfer, bubbles: true, cancelable: true };
      return ['dragover', 'drop'].map((type) => !document.body.dispatchEvent(new DragEvent(type, options)));
    });
    expect(prevented).toEqual([true, true]);
    await alert()
      .getByText(/^This file is no PNG/)
      .waitFor();
    await button('Models').click();
    await page
      .getByRole('dialog')
      .getByText(/^This browser cannot keep models of your own/)
      .first()
      .waitFor();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Use Portraits/ })
      .click();
    await page.waitForURL((url) => !url.searchParams.has('pack'));
    await ready();
    expect(complaints).toEqual([]);
  });
});
