// What an attacker sends, by drop and by link, to the built page in Chromium: a sentence each, soon, in little memory.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RendererUse, renderers, tellsMemory } from '../support/renderers.ts';
import { hasChromium, PATIENCE, Visitor } from '../support/visitor.ts';

vi.setConfig({ testTimeout: 3 * PATIENCE });
/** Of processor time, as in test/convert/hostile.test.ts. */
const LONGEST = 2000;
const MOST_BYTES = 300e6;
const caseFile = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url));

describe.skipIf(!hasChromium || !tellsMemory)('a page that is sent a hostile file', () => {
  let visitor: Visitor;
  let page: Page;
  let use: Awaited<ReturnType<typeof renderers>>;
  /** Of the page with a model open. */
  let heapBefore: number;

  beforeAll(async () => {
    visitor = await Visitor.arrive();
    use = await renderers(visitor.browser);
    await visitor.visit('?pack=models/portraits/&device=wasm');
    ({ page } = visitor);
    await visitor.ready();
    heapBefore = await heapBytes();
  });
  afterAll(() => visitor?.leave());

  /** Of the page itself; workers have their own. */
  async function heapBytes(): Promise<number> {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable');
    const { metrics } = await devtools.send('Performance.getMetrics');
    await devtools.detach();
    return metrics.find(({ name }) => name === 'JSHeapUsedSize')!.value;
  }

  async function expectLittle(before: RendererUse): Promise<void> {
    const after = await use.measure();
    expect(after.milliseconds - before.milliseconds).toBeLessThan(LONGEST);
    expect(after.peakBytes - before.bytes).toBeLessThan(MOST_BYTES);
    expect((await heapBytes()) - heapBefore).toBeLessThan(MOST_BYTES);
    // It still answers.
    expect(await page.evaluate(() => 1 + 1)).toBe(2);
  }

  it.each([
    [
      'a key that is a list of lists of lists, each twice',
      'convert/cases/legacykey-40.pt',
      /a list stands among/,
    ],
    [
      'a VQGAN of 1000 levels of 1000 blocks',
      'convert/cases/vqganblocks-1000.ckpt',
      /names ask for 1000 levels/,
    ],
  ])('dropped: %s', async (_, file, words) => {
    const base64 = caseFile(file).toString('base64');
    const before = await use.measure();
    await page.evaluate((base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], 'faces.pt'));
      const event = { dataTransfer, bubbles: true, cancelable: true };
      document.body.dispatchEvent(new DragEvent('drop', event));
    }, base64);
    const sentence = page.locator('.chosen-refused .complaint');
    await sentence.waitFor();
    const said = await sentence.textContent();
    expect(said).toMatch(words);
    expect(said!.length).toBeLessThanOrEqual(300);
    await expectLittle(before);
    await page.getByRole('button', { name: /^Remove/ }).click();
  });

  const builtIn = JSON.parse(caseFile('../public/models/portraits/pack.json').toString());
  const negative = caseFile('cases/onnx-negative-length.onnx');
  const withDenoiser = (change: object) => ({
    ...builtIn,
    graphs: { ...builtIn.graphs, denoiser: { int8: { ...builtIn.graphs.denoiser.int8, ...change } } },
  });
  it.each([
    [
      'a million files in a list',
      withDenoiser({ data: Array(1_000_000).fill(0) }),
      /should be a list of 0 to 256, found a list of 1000000/,
    ],
    [
      'a graph with a field of negative length',
      withDenoiser({
        bytes: negative.length,
        sha256: createHash('sha256').update(negative).digest('hex'),
      }),
      /The graph denoiser is no ONNX model/,
    ],
  ])('linked: %s', async (_, pack, words) => {
    await page.route('**/models/portraits/pack.json', (route) => route.fulfill({ json: pack }));
    await page.route('**/models/portraits/denoiser.*', (route) => route.fulfill({ body: negative }));
    const before = await use.measure();
    await page.goto(`${visitor.site.url}?pack=models/portraits/&device=wasm`);
    const sentence = page.getByRole('alert').locator('.alert p');
    await sentence.waitFor();
    const said = await sentence.textContent();
    expect(said).toMatch(words);
    expect(said!.length).toBeLessThanOrEqual(300);
    await expectLittle(before);
    await page.unrouteAll();
  });
});
