// The built page as a visitor of a test sees it, in Chromium: opens it, reads it, and hears its complaints.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';
import { expect } from 'vitest';
import { chromiumArguments, findChromium } from '../../src/cli/chromium.ts';
import { type Site, startSite } from '../../src/cli/site.ts';
import { convertMicroPack, type PackInMemory } from './microPack.ts';

/** Milliseconds for whatever is waited for; machines are shared. */
export const PATIENCE = 120_000;
export const hasChromium = findChromium() !== undefined;

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

/** A built page in test/.tmp, the micro pack beside it as packs/micro, and a browser; a page of it at a time. */
export class Visitor {
  readonly folder: string;
  readonly micro: PackInMemory;
  readonly browser: Browser;
  readonly #site: Site;
  context!: BrowserContext;
  page!: Page;
  /** What the page should never say or do. */
  complaints: string[] = [];

  private constructor(folder: string, site: Site, micro: PackInMemory, browser: Browser) {
    this.folder = folder;
    this.#site = site;
    this.micro = micro;
    this.browser = browser;
    this.addPack('micro', micro);
  }

  /** name: of the folder in test/.tmp, one for each file of tests. */
  static async arrive(name: string): Promise<Visitor> {
    const folder = fileURLToPath(new URL(`../.tmp/${name}/`, import.meta.url));
    const site = await startSite(folder);
    const browser = await chromium.launch({ executablePath: findChromium()!, args: chromiumArguments });
    return new Visitor(folder, site, await convertMicroPack('fp16'), browser);
  }

  async leave(): Promise<void> {
    await this.browser.close();
    await this.#site.close();
  }

  /** Puts a pack beside the built page. */
  addPack(name: string, files: PackInMemory): void {
    mkdirSync(`${this.folder}packs/${name}`, { recursive: true });
    for (const [path, bytes] of files) writeFileSync(`${this.folder}packs/${name}/${path}`, bytes);
  }

  /** Opens the page anew, without what an earlier one kept. */
  async visit(
    address = '',
    options: Parameters<Browser['newContext']>[0] = {},
    prepare?: (page: Page) => Promise<void>,
  ): Promise<void> {
    this.context = await this.browser.newContext({
      viewport: { width: 1280, height: 800 },
      acceptDownloads: true,
      ...options,
    });
    this.context.setDefaultTimeout(PATIENCE);
    const page = await this.context.newPage();
    this.page = page;
    await page.addInitScript(listenToWorkers);
    await prepare?.(page);
    const complaints: string[] = [];
    this.complaints = complaints;
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(`uncaught: ${error}`));
    page.on('request', (request) => {
      if (!request.url().startsWith(this.#site.url) && !/^(blob|data):/.test(request.url())) {
        complaints.push(`asked another host: ${request.url()}`);
      }
    });
    await page.goto(this.#site.url + address);
  }

  button(name: string) {
    return this.page.getByRole('button', { name, exact: true });
  }
  results() {
    return this.page.getByRole('button', { name: /^Download PNG/ });
  }
  alert() {
    return this.page.getByRole('alert');
  }
  /** A model is open, and nothing runs: while it does, the button would add to the line. */
  async ready(): Promise<void> {
    await this.page.waitForFunction(
      () => document.querySelector('button[type=submit]:enabled')?.textContent === 'Generate',
    );
  }
  async write(prompt: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Prompt' }).fill(prompt);
  }
  /** Sets a range input by its label, as dragging does. */
  async slide(label: string, value: number): Promise<void> {
    await this.page.getByRole('slider', { name: label }).fill(String(value));
  }
  async openAdvanced(): Promise<void> {
    await this.page.getByText('Advanced', { exact: true }).click();
  }
  async count(pictures: number): Promise<void> {
    await this.page.getByLabel('How many pictures').selectOption(String(pictures));
  }
  /** Settings that make one quick picture. */
  async quick(steps = 2, pictures = 1): Promise<void> {
    await this.slide('Steps', steps);
    await this.count(pictures);
  }
  async finished(count: number): Promise<void> {
    await expect.poll(() => this.results().count(), { timeout: PATIENCE }).toBe(count);
    await this.ready();
  }
  /** What engines said of their runs since the page was loaded, in order, and where it asked for a cancel. */
  wordsOfWorkers(): Promise<string[]> {
    return this.page.evaluate(() => (globalThis as unknown as { words: string[] }).words);
  }
}
