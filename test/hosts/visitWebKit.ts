// The built page in WebKit: open, generate, open again. The second time the server says "not modified".
import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { WebKit } from './webkit.ts';

/** Milliseconds for whatever is waited for; machines are shared. */
const PATIENCE = 240_000;

/** WebDriver knows no console: what the page says is written down by the page itself, from its first script on. */
const listen = `
  globalThis.complaints ??= [];
  for (const kind of ['log', 'info', 'warn', 'error', 'debug']) {
    console[kind] = (...said) => complaints.push(kind + ': ' + said.join(' '));
  }
  addEventListener('error', ({ message }) => complaints.push('uncaught: ' + message));
  addEventListener('unhandledrejection', ({ reason }) => complaints.push('uncaught: ' + reason));`;

/** A model is open, and nothing runs. */
const ready = `document.querySelector('main button[type=submit]:enabled')?.textContent === 'Generate'`;

/**
 * @param picture where a picture of the page goes, to be looked at
 * @throws {Error} what is not as it should be
 */
export async function visitWebKit(webkit: WebKit, url: string, picture: string): Promise<string> {
  const until = async (what: string, script: string) => {
    const end = Date.now() + PATIENCE;
    while (!(await webkit.evaluate<boolean>(`return Boolean(${script})`))) {
      const alert = await webkit.evaluate<string>(
        `return document.querySelector('.alerts')?.textContent ?? ''`,
      );
      if (alert) throw new Error(`The page says “${alert}”.`);
      if (Date.now() > end) throw new Error(`It is not ${what} in time.`);
      await wait(200);
    }
  };
  const generate = async () => {
    await until('ready', ready);
    // As a person types, drags and chooses: React listens to the events.
    await webkit.evaluate(`
      const fill = (selector, value) => {
        const field = document.querySelector(selector);
        Object.getOwnPropertyDescriptor(field.constructor.prototype, 'value').set.call(field, value);
        for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, { bubbles: true }));
      };
      fill('main textarea', 'a smiling woman');
      fill('main input[type=range]', '2');
      fill('main .action-row select', '1');`);
    await webkit.evaluate(`document.querySelector('main button[type=submit]').click()`);
    await until(
      'a picture',
      `[...document.querySelectorAll('article img')].some((image) => image.naturalWidth > 0)`,
    );
    await until('ready again', ready);
  };
  const complaints: string[] = [];
  for (const open of [() => webkit.goTo(url), () => webkit.reload(), () => webkit.reload()]) {
    await open();
    await webkit.evaluate(listen);
    await generate();
    complaints.push(...(await webkit.evaluate<string[]>('return complaints')));
  }
  writeFileSync(picture, await webkit.screenshot());
  if (complaints.length) throw new Error(`The console says:\n${complaints.join('\n')}`);
  const threads = await webkit.evaluate<string>(
    `return /WASM,? (one|\\d+) threads?/.exec(document.body.innerText)?.[1] ?? 'unknown'`,
  );
  if (!(Number(threads) > 1)) throw new Error(`It runs on ${threads} thread(s), and is to have several.`);
  return `opens, generates, opens twice again; ${threads} thread(s)`;
}
