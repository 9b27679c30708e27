// Bringing one's own weights, on the built page in Chromium: choose, convert, reload halfway, use, export, delete.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bytesSource } from '../../src/convert/source.ts';
import { openZip } from '../../src/convert/zip.ts';
import { parseManifest } from '../../src/pack/manifest.ts';
import { packFiles } from '../../src/pack/packFiles.ts';
import { builtInModels } from '../../src/store/address.ts';
import { accessibilityViolations } from '../support/accessibility.ts';
import { goldenCheckpoint, type PackInMemory } from '../support/microPack.ts';
import { hasChromium, PATIENCE, Visitor } from '../support/visitor.ts';
import { withoutServiceWorkers } from '../support/withoutServiceWorkers.ts';

vi.setConfig({ testTimeout: 3 * PATIENCE });
/** Opens sooner than the built-in one, where it is no matter which is open. */
const micro = '?pack=packs/micro/';
const given = fileURLToPath(new URL('../.tmp/import-files/', import.meta.url));

/** On disk, under names as people have them. */
const checkpoints = {
  diffusion: `${given}clipvq_tiny.pt`,
  vqgan: `${given}vqgan_tiny.ckpt`,
  clip: `${given}ViT-tiny.pt`,
};

// A conversion was once not announced in two minutes, in one of seven runs, and not seen why: then it is tried again.
describe.skipIf(!hasChromium)('a visitor with weights', { retry: 1 }, () => {
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    mkdirSync(given, { recursive: true });
    writeFileSync(checkpoints.diffusion, goldenCheckpoint('diffusion_tiny.pt'));
    writeFileSync(checkpoints.vqgan, goldenCheckpoint('vqgan_tiny.ckpt'));
    writeFileSync(checkpoints.clip, goldenCheckpoint('clip_tiny_vocab49408.pt.gz'));
    visitor = await Visitor.arrive({
      options: { viewport: { width: 1280, height: 900 } },
      prepare: (page) => page.addInitScript(withoutServiceWorkers),
    });
  });
  afterAll(() => visitor?.leave());

  async function visit(...how: Parameters<Visitor['visit']>) {
    await visitor.visit(...how);
    ({ page } = visitor);
    await visitor.ready();
  }

  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
  const dialog = () => page.getByRole('dialog');
  const models = () => page.getByRole('list', { name: 'Models' }).getByRole('listitem');
  const ownModels = async () => (await models().count()) - builtInModels.length;
  const openModels = () => button(/^Models/).click();

  async function choose(...files: string[]) {
    await dialog().locator('input[type=file]').first().setInputFiles(files);
  }
  /** All three files chosen and the form filled in. */
  async function fillIn(name: string) {
    await choose(...Object.values(checkpoints));
    await page.getByLabel('Attention heads').fill('4');
    await page.getByLabel('Name').fill(name);
    await page.getByText('Ready to convert.').waitFor();
  }
  async function imported(name: string) {
    // The model's answer to a step may take three minutes, and is then done without.
    try {
      await page
        .getByRole('status')
        .getByText(`“${name}” is in the list.`)
        .waitFor({ timeout: 2 * PATIENCE });
    } catch (error) {
      console.error(await dialog().innerText(), visitor.complaints);
      throw error;
    }
  }
  /** Folders of packs in the browser's storage, with the files in each. */
  const stored = () =>
    page.evaluate(async () => {
      const packs = await (await navigator.storage.getDirectory()).getDirectoryHandle('packs', {
        create: true,
      });
      const found: Record<string, string[]> = {};
      for await (const id of packs.keys()) {
        found[id] = [];
        for await (const file of (await packs.getDirectoryHandle(id)).keys()) found[id].push(file);
      }
      return found;
    });

  it('sees what each file is, what is missing, and what is no checkpoint', async () => {
    await visit(micro);
    await openModels();
    await choose(checkpoints.vqgan);
    await page.getByText('VQGAN: 40 codes').waitFor();
    await page
      .getByText(
        'Still missing: the diffusion model (.pt or .pth) and CLIP (OpenAI’s .pt or Hugging Face’s .safetensors).',
      )
      .waitFor();
    expect(await button('Convert').isDisabled()).toBe(true);

    writeFileSync(`${given}page.pt`, '<!doctype html><title>Not found</title>');
    writeFileSync(`${given}cut.pt`, goldenCheckpoint('diffusion_tiny.pt').subarray(0, 700_000));
    await choose(`${given}page.pt`, `${given}cut.pt`);
    await page.getByText(/The file is a web page and not a checkpoint/).waitFor();
    writeFileSync(`${given}ffhq.yaml`, 'model:\n  n_head: 16\n');
    await choose(`${given}ffhq.yaml`);
    await page.getByText(/A configuration is not needed here/).waitFor();
    await expect.poll(() => page.locator('.chosen-refused').count()).toBe(3);

    // Only what the weights do not tell is asked for, and only once they are there.
    expect(await page.getByLabel('Attention heads').count()).toBe(0);
    await choose(checkpoints.diffusion, checkpoints.clip);
    await page.getByText('Diffusion model: 2 layers, 6 × 6 tokens of 40 codes').waitFor();
    await page.getByText('CLIP: embeddings of 48 numbers').waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe('clipvq_tiny');
    expect(await page.getByLabel('Licence').inputValue()).toBe('unknown');
    await page.getByText('Enter how many attention heads').waitFor();
    await page.getByLabel('Attention heads').fill('5');
    await page.getByText('The number of heads must divide the model’s width, 48; “5” doesn’t.').waitFor();
    await page.getByLabel('Attention heads').fill('4');
    await page.getByText('Ready to convert.').waitFor();

    await choose(checkpoints.diffusion);
    await page.getByText(/are the same kind of file: keep just one/).waitFor();
    expect(await button('Convert').isDisabled()).toBe(true);
    expect(visitor.complaints).toEqual([]);
  });

  it('drops files anywhere on the page', async () => {
    await visit(micro);
    const vqgan = Buffer.from(goldenCheckpoint('vqgan_tiny.ckpt')).toString('base64');
    await page.evaluate((base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], 'faces.ckpt'));
      const event = { dataTransfer, bubbles: true, cancelable: true };
      document.body.dispatchEvent(new DragEvent('dragover', event));
      document.body.dispatchEvent(new DragEvent('drop', event));
    }, vqgan);
    await dialog().getByText('VQGAN: 40 codes').waitFor();
    expect(visitor.complaints).toEqual([]);
  });

  it('reloads in the middle of a conversion: no broken model stays; then imports, uses, exports and deletes', async () => {
    await visit();
    await openModels();
    await fillIn('Tiny faces');
    // Leaves as soon as a first file stands in the storage.
    const left = page.waitForNavigation();
    await page.evaluate(() => {
      const leave = async () => {
        const root = await navigator.storage.getDirectory();
        for (;;) {
          try {
            const packs = await root.getDirectoryHandle('packs');
            const pack = await packs.getDirectoryHandle('tiny-faces');
            await pack.getFileHandle('tokenizer.json');
            const whole = await pack.getFileHandle('pack.json').then(
              () => true,
              () => false,
            );
            sessionStorage.setItem('whole', String(whole));
            location.reload();
            return;
          } catch {
            await new Promise((resolve) => setTimeout(resolve));
          }
        }
      };
      void leave();
    });
    await button('Convert').click();
    await left;
    expect(await page.evaluate(() => sessionStorage.getItem('whole'))).toBe('false');
    await visitor.ready();
    await openModels();
    await expect.poll(ownModels, { timeout: PATIENCE }).toBe(0);
    // A file that the ended worker still held would be swept away at the next look.
    await expect
      .poll(async () => {
        await button('Close').click();
        await openModels();
        return stored();
      })
      .toEqual({});

    await fillIn('Tiny faces');
    const precision = page.getByLabel('Precision');
    expect(await precision.locator('option:checked').textContent()).toMatch(
      /^16 bits, about [\d.]+ MB \(recommended\)$/,
    );
    await precision.selectOption('q4');
    await page.getByText('Smallest, in memory too').waitFor();
    await button('Convert').click();
    await imported('Tiny faces');
    await expect.poll(ownModels, { timeout: PATIENCE }).toBe(1);
    expect(await models().nth(builtInModels.length).textContent()).toMatch(
      /Tiny faces.*\d\.\d MB.*licence: unknown/,
    );
    expect(Object.keys(await stored())).toEqual(['tiny-faces']);
    await button('Use Tiny faces').click();
    await page.locator('.model-line').getByText('Tiny faces').waitFor();
    await visitor.ready();
    expect(page.url()).toContain('pack=own');

    // After a reload it opens by itself, and from the storage alone; the welcome shows the built-in model's pictures.
    const modelFiles = /\/models\/(?!.*welcome\.webp)/;
    await page.route(modelFiles, (route) => route.abort());
    await page.reload();
    await visitor.ready();
    await visitor.write('a face');
    await visitor.slide('Steps', 3);
    await button('Generate').click();
    await visitor.results().first().waitFor();
    await visitor.ready();
    await page.unroute(modelFiles);

    await openModels();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button('Export zip of Tiny faces').click(),
    ]);
    expect(download.suggestedFilename()).toBe('tiny-faces.zip');
    const unpacked = await unzip(await download.path());
    const manifest = parseManifest(
      JSON.parse(new TextDecoder().decode(unpacked.get('tiny-faces/pack.json'))),
    );
    expect(manifest).toMatchObject({ id: 'tiny-faces', name: 'Tiny faces', license: 'unknown' });
    expect(Object.keys(manifest.graphs.denoiser)).toEqual(['q4']);
    // Of a step that was computed in this browser.
    expect(manifest.check?.spread).toBeGreaterThan(0.1);
    for (const { file, sha256 } of packFiles(manifest)) {
      const bytes = unpacked.get(`tiny-faces/${file}`)!;
      expect(createHash('sha256').update(bytes).digest('hex'), file).toBe(sha256);
    }
    expect(unpacked.size).toBe(packFiles(manifest).length + 1);

    await button('Check Tiny faces').click();
    await page.getByText('“Tiny faces”: all 8 files on this device are as they should be.').waitFor();

    await button('Delete Tiny faces').click();
    await button('Keep').click();
    await expect.poll(ownModels, { timeout: PATIENCE }).toBe(1);
    await button('Delete Tiny faces').click();
    await button('Delete for good').click();
    await page.getByText('“Tiny faces” was deleted.').waitFor();
    await expect.poll(ownModels, { timeout: PATIENCE }).toBe(0);
    expect(await stored()).toEqual({});
    // The built-in model takes its place.
    await page.locator('.model-line').getByText(builtInModels[0].name).waitFor();
    expect(page.url()).not.toContain('pack=');
    expect(visitor.complaints).toEqual([]);
  });

  it('cancels, and is told of a full disk, without losing the files chosen or a model', async () => {
    await visit();
    await openModels();
    await fillIn('First');
    await button('Convert').click();
    await imported('First');

    // Nothing arrives, so there is time to cancel.
    await page.route('**/tokenizer.json', () => {});
    await fillIn('Second');
    await button('Convert').click();
    await button('Cancel conversion').click();
    await page.getByText('Cancelled: nothing was kept.').waitFor();
    await page.unroute('**/tokenizer.json');
    expect(Object.keys(await stored())).toEqual(['first']);

    // So it is at the end, when a step of the model is to be computed.
    await page.route('**/ort-wasm*.wasm', () => {});
    await button('Convert').click();
    await page.getByText(/^Trying a step of it \(3 of 3\)/).waitFor();
    await button('Cancel conversion').click();
    await page.getByText('Cancelled: nothing was kept.').waitFor();
    await page.unroute('**/ort-wasm*.wasm');
    expect(Object.keys(await stored())).toEqual(['first']);

    const devtools = await visitor.context.newCDPSession(page);
    const { origin } = new URL(visitor.site.url);
    const { usage } = await devtools.send('Storage.getUsageAndQuota', { origin });
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + 2_000_000 });
    await button('Convert').click();
    await dialog()
      .getByRole('alert')
      .getByText(/The browser’s storage is full: delete a model/)
      .waitFor();
    await devtools.send('Storage.overrideQuotaForOrigin', { origin });
    expect(Object.keys(await stored())).toEqual(['first']);

    await button('Convert').click();
    await imported('Second');
    await expect.poll(ownModels, { timeout: PATIENCE }).toBe(2);
    expect(await dialog().getByRole('alert').textContent()).toBe('');
  });

  it.each([
    ['wide, light', { viewport: { width: 1280, height: 800 }, colorScheme: 'light' as const }],
    ['phone, dark', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' as const }],
  ])('finds the dialog accessible: %s', async (_, options) => {
    await visit(micro, { ...options, reducedMotion: 'reduce' });
    await openModels();
    await fillIn('Tiny');
    const check = async (state: string) => {
      expect(await accessibilityViolations(page), state).toEqual([]);
      const small = await dialog().evaluate((element) =>
        [...element.querySelectorAll('button, input:not([hidden]), select')]
          .filter((control) => control.getBoundingClientRect().height < 44)
          .map((control) => control.outerHTML),
      );
      expect(small, `${state}: too small for a finger`).toEqual([]);
      const overflow = await dialog().evaluate((element) => element.scrollWidth - element.clientWidth);
      expect(overflow, `${state}: scrolls sideways`).toBeLessThanOrEqual(0);
    };
    await check('filled in');
    await button('Convert').click();
    await imported('Tiny');
    await check('imported');
    await button('Delete Tiny').click();
    expect(await button('Keep').evaluate((element) => element === document.activeElement)).toBe(true);
    await check('asked');
    expect(visitor.complaints).toEqual([]);
  });
});

/** All entries, each checked against its CRC-32. */
async function unzip(path: string): Promise<PackInMemory> {
  const files = new Map<string, Uint8Array>();
  for (const [name, entry] of await openZip(bytesSource(readFileSync(path)))) {
    files.set(name, await entry.slice(0, entry.byteLength));
  }
  return files;
}
