// Where chaos happens: the built page and the micro model on a server that can be told to misbehave, and Chromium.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';
import { chromiumArguments, findChromium, uncleared } from '../../src/cli/chromium.ts';
import { writeStepCheck } from '../../src/cli/stepCheck.ts';
import { isolation, serverPolicy } from '../../src/offline/headers.ts';
import { convertMicroPack } from '../support/microPack.ts';
import { type TroubledServer, troubledServer } from '../support/troubledServer.ts';
import { type Blow, inWorker, keptPictures, type Meddling, meddle, wrongShader } from './meddler.ts';

/** Milliseconds for whatever is waited for; machines are shared. */
const PATIENCE = 600_000;
export type Device = 'wasm' | 'webgpu';
/** Two pictures each, from these. A GPU that is emulated takes seconds for a step. */
export const seeds: Readonly<Record<Device, readonly number[]>> = { wasm: [11, 22, 33], webgpu: [11] };
/** Enough for a blow to fall between any two. */
export const steps: Readonly<Record<Device, number>> = { wasm: 30, webgpu: 4 };

const pack = 'packs/micro/';
const host = /^assets\/host-[^/]*\.js$/;

export class Place {
  /** SHA-256 of the picture of a seed, made on a device where nothing happened. */
  readonly #right = new Map<string, string>();
  readonly #hosts = new Map<string, Uint8Array>();

  private constructor(
    readonly server: TroubledServer,
    readonly browser: Browser,
    readonly files: Map<string, Uint8Array>,
  ) {
    for (const [path, bytes] of files) if (host.test(path)) this.#hosts.set(path, bytes);
    if (!this.#hosts.size) throw new Error('The built page has no worker of its engine.');
    this.wrongShaders(false);
  }

  /** @param folder that the page is built in; nothing is written there */
  static async of(folder: string): Promise<Place> {
    const files = new Map<string, Uint8Array>();
    for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      // No Buffer: its slice() would share the memory, and a wrong answer spoil the file.
      if (/\.\w+$/.test(path)) files.set(path, new Uint8Array(readFileSync(join(folder, path))));
    }
    for (const [path, bytes] of await checkedMicroPack()) files.set(`${pack}${path}`, bytes);
    const server = await troubledServer(files, { ...isolation, 'Content-Security-Policy': serverPolicy });
    // Else to ask how much memory is used would take its time.
    const args = [...chromiumArguments, uncleared, '--enable-blink-features=ForceEagerMeasureMemory'];
    const executablePath = findChromium()!;
    const browser = await chromium.launch({ executablePath, args, handleSIGINT: false });
    return new Place(server, browser, files);
  }

  async leave(): Promise<void> {
    await this.browser.close();
    await this.server.close();
  }

  /** What the engine's worker gets to run before its own script. */
  wrongShaders(wanted: boolean): void {
    for (const [path, bytes] of this.#hosts) {
      this.files.set(path, Buffer.concat([Buffer.from(inWorker + (wanted ? wrongShader : '')), bytes]));
    }
  }

  /** A visitor who has not been here before. */
  async visitor(): Promise<Visitor> {
    // A service worker would answer in the server's place.
    const context = await this.browser.newContext({ serviceWorkers: 'block', reducedMotion: 'reduce' });
    context.setDefaultTimeout(PATIENCE);
    // tsx keeps the names of functions by a helper that a page has not.
    await context.addInitScript('globalThis.__name = (named) => named;');
    await context.addInitScript(meddle);
    return new Visitor(this, context);
  }

  /** Has a visitor make the pictures of all seeds with nothing in the way, where nobody has yet. */
  async learn(device: Device, visitor: Visitor): Promise<void> {
    if (this.#right.has(`${device} ${seeds[device][0]}`)) return;
    for (const seed of seeds[device]) {
      await visitor.write(seed, steps[device]);
      await visitor.generate();
      await visitor.idle();
    }
    for (const { seed, sha256 } of await visitor.pictures(2 * seeds[device].length)) {
      this.#right.set(`${device} ${seed}`, sha256);
    }
  }

  /** @throws where a picture is not that of an undisturbed run */
  compare(
    pictures: readonly { readonly seed: number; readonly sha256: string }[],
    devices: readonly Device[],
  ): void {
    for (const { seed, sha256 } of pictures) {
      const right = devices.map((device) => this.#right.get(`${device} ${seed}`));
      if (!right.includes(sha256)) throw new Error(`The picture of seed ${seed} has wrong bytes.`);
    }
  }
}

/** With the answer to one step, as `npm run convert` writes it. */
async function checkedMicroPack(): Promise<Map<string, Uint8Array>> {
  const folder = mkdtempSync(join(tmpdir(), 'clip-vqdiffusion-micro-'));
  try {
    const files = new Map(await convertMicroPack('fp16'));
    for (const [path, bytes] of files) writeFileSync(join(folder, path), bytes);
    await writeStepCheck(folder);
    return files.set('pack.json', new Uint8Array(readFileSync(join(folder, 'pack.json'))));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Somebody with one tab, and what their browser keeps. */
export class Visitor {
  page!: Page;
  #crashed: Promise<number> = Promise.resolve(0);

  constructor(
    readonly place: Place,
    readonly context: BrowserContext,
  ) {}

  /** In a new tab. */
  async open(device: Device, prepare?: (page: Page) => Promise<unknown>): Promise<void> {
    const page = await this.context.newPage();
    this.page = page;
    this.#crashed = new Promise((resolve) => {
      void page.exposeFunction('crashNow', async (kept: number) => {
        resolve(kept);
        const session = await this.context.newCDPSession(page);
        session.send('Page.crash').catch(() => {});
      });
    });
    await prepare?.(page);
    await page.goto(`${this.place.server.url}?device=${device}&pack=${pack}`);
    await page.getByText('Advanced', { exact: true }).click();
  }

  leave(): Promise<void> {
    return this.context.close();
  }

  /** Sets form and blows. */
  async write(seed: number, count: number): Promise<void> {
    await this.idle();
    await this.page.getByRole('textbox', { name: 'Prompt' }).fill('a face');
    await this.page.getByRole('slider', { name: 'Steps' }).fill(String(count));
    await this.page.getByLabel('How many pictures').selectOption('2');
    await this.page.getByRole('textbox', { name: 'Seed' }).fill(String(seed));
  }

  async plan(blows: readonly Blow[]): Promise<void> {
    await this.page.evaluate(
      (given) => {
        (globalThis as unknown as { chaos: Meddling }).chaos.blows = given;
      },
      [...blows],
    );
  }

  async generate(): Promise<void> {
    await this.page.getByRole('button', { name: 'Generate', exact: true }).click();
  }

  /** What the page has done to it, and what it has kept. */
  state(): Promise<Meddling> {
    return this.page.evaluate(() => (globalThis as unknown as { chaos: Meddling }).chaos);
  }

  /** A model is open and nothing runs; or an alert says why not. @returns its sentence, null where there is none */
  async settled(): Promise<string | null> {
    const found = await this.page.waitForFunction(
      () => {
        const alert = document.querySelector('.alerts p')?.textContent;
        const button = document.querySelector('button[type=submit]:enabled');
        return alert || (button?.textContent === 'Generate' ? ' ' : null);
      },
      null,
      { polling: 20 },
    );
    return ((await found.jsonValue()) as string).trim() || null;
  }

  /** What the alert offers; it is gone with that. */
  async tryAgain(): Promise<void> {
    await this.page.getByRole('button', { name: 'Try again' }).click();
    await this.page.waitForFunction(() => !document.querySelector('.alerts p'), null, { polling: 20 });
  }

  /** @throws where an alert is up */
  async idle(): Promise<void> {
    const alert = await this.settled();
    if (alert) throw new Error(`The page says: ${alert}`);
  }

  /** What is quietly said of the device. */
  async note(): Promise<string | null> {
    return (await this.page.locator('.page-note').allTextContents()).join(' ') || null;
  }

  /** Those in the gallery's database, of which there are to be so many at least. */
  async pictures(least: number) {
    await this.page.waitForFunction(
      (count) => (globalThis as unknown as { chaos: Meddling }).chaos.kept >= count,
      least,
      { polling: 20 },
    );
    return this.page.evaluate(keptPictures);
  }

  /** When the tab has crashed: how many pictures it had kept by then. */
  async crash(): Promise<number> {
    const crashed = this.page.waitForEvent('crash');
    const kept = await this.#crashed;
    await crashed;
    await this.page.close();
    return kept;
  }
}
