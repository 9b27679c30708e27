// The built page as a visitor of a test sees it, in Chromium: opens it, reads it, and hears its complaints.
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright';
import { expect } from 'vitest';
import { chromiumArguments, findChromium } from '../../src/cli/chromium.ts';
import { type Site, serveSite } from '../../src/cli/site.ts';
import { siteFolder } from './builtSite.ts';

/** Milliseconds for whatever is waited for; machines are shared. */
export const PATIENCE = 120_000;
export const hasChromium = findChromium() !== undefined;
/**
 * V8 compiles WASM a second time where it runs for long. The micro model's runs are over before that pays, and a third of a
 * visit's time went into it.
 */
const compiledOnce = ['--js-flags=--liftoff-only'];

/** How a visitor comes, where it is not the usual way. */
interface Arrival {
  /** Serves the built page; as `npm start` does where none is given. */
  readonly serve?: (folder: string) => Promise<Site>;
  /** Of the browser; made for the micro model where none are given. */
  readonly args?: readonly string[];
  /** Of every visit. */
  readonly options?: BrowserContextOptions;
  /** Before every visit's page is loaded. */
  readonly prepare?: (page: Page) => Promise<unknown>;
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

/** The built page, and a browser; a page of it at a time. */
export class Visitor {
  readonly browser: Browser;
  readonly site: Site;
  readonly #usual: Pick<Arrival, 'options' | 'prepare'>;
  context!: BrowserContext;
  page!: Page;
  /** What the page should never say or do. */
  complaints: string[] = [];

  private constructor(site: Site, browser: Browser, usual: Pick<Arrival, 'options' | 'prepare'>) {
    this.site = site;
    this.browser = browser;
    this.#usual = usual;
  }

  static async arrive({ serve = serveSite, args = compiledOnce, ...usual }: Arrival = {}): Promise<Visitor> {
    const browser = await chromium.launch({
      executablePath: findChromium()!,
      args: [...chromiumArguments, ...args],
    });
    return new Visitor(await serve(siteFolder), browser, usual);
  }

  async leave(): Promise<void> {
    await this.browser.close();
    await this.site.close();
  }

  /**
   * Opens the page anew, without what an earlier visit kept.
   * @param address on its site, or a whole one
   */
  async visit(
    address = '',
    options: BrowserContextOptions = {},
    prepare: Arrival['prepare'] = this.#usual.prepare,
  ): Promise<void> {
    await this.context?.close();
    this.context = await this.browser.newContext({
      viewport: { width: 1280, height: 800 },
      acceptDownloads: true,
      // It would read the whole page again, to keep it; where that is meant, it is allowed.
      serviceWorkers: 'block',
      ...this.#usual.options,
      ...options,
    });
    this.context.setDefaultTimeout(PATIENCE);
    const page = await this.context.newPage();
    this.page = page;
    await page.addInitScript(listenToWorkers);
    await prepare?.(page);
    const url = new URL(address, this.site.url);
    const own = new URL('.', url).href;
    const complaints: string[] = [];
    this.complaints = complaints;
    page.on('console', (message) => {
      if (!/ blocked by Playwright$/.test(message.text())) {
        complaints.push(`${message.type()}: ${message.text()}`);
      }
    });
    page.on('pageerror', (error) => complaints.push(`uncaught: ${error}`));
    page.on('request', (request) => {
      if (!request.url().startsWith(own) && !/^(blob|data):/.test(request.url())) {
        complaints.push(`asked another host: ${request.url()}`);
      }
    });
    await page.goto(url.href);
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
  async ready(page = this.page): Promise<void> {
    await page.waitForFunction(
      () => document.querySelector('.controls button[type=submit]:enabled')?.textContent === 'Generate',
      null,
      // Not by frames: a tab behind another one has none.
      { polling: 50 },
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
