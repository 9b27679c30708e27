// The built page in Chromium, and a model that comes in pieces: cut off, resumed, kept, checked, spoiled and deleted.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isolation } from '../../src/offline/headers.ts';
import { parseManifest } from '../../src/pack/manifest.ts';
import { chosenFile, packFiles } from '../../src/pack/packFiles.ts';
import { accessibilityViolations } from '../support/accessibility.ts';
import { type TroubledServer, troubledServer } from '../support/troubledServer.ts';
import { hasChromium, PATIENCE, Visitor } from '../support/visitor.ts';

vi.setConfig({ testTimeout: 3 * PATIENCE });

describe.skipIf(!hasChromium)('a model that is fetched', () => {
  const files = new Map<string, Uint8Array>();
  let server: TroubledServer;
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    visitor = await Visitor.arrive({
      async serve(folder) {
        const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
        for (const path of paths.filter((path) => statSync(folder + path).isFile())) {
          files.set(path, readFileSync(folder + path));
        }
        server = await troubledServer(files, isolation);
        return server;
      },
    });
  });
  afterAll(() => visitor?.leave());

  async function visit() {
    await visitor.visit('?device=wasm');
    ({ page } = visitor);
  }
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
  const asked = () => server.requests.filter(({ path }) => /^models\/.*\.(onnx|json)$/.test(path));
  /** But for pack.json, which is asked for each time. */
  const modelFiles = () => asked().filter(({ path }) => !path.endsWith('pack.json'));
  /** All that it takes to open the built-in model. */
  const builtInBytes = () => {
    const manifest = parseManifest(
      JSON.parse(new TextDecoder().decode(files.get('models/portraits/pack.json'))),
    );
    const encoder = chosenFile(manifest.graphs.encoder!).bytes;
    return packFiles(manifest).reduce((sum, { bytes }) => sum + bytes, -encoder);
  };
  const askedBytes = () => modelFiles().reduce((sum, { from, to }) => sum + to - from, 0);
  /** Bytes that lie in the browser's file system. */
  const keptBytes = () =>
    page.evaluate(async () => {
      const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('delivered', {
        create: true,
      });
      let bytes = 0;
      for await (const [name, inside] of root as unknown as AsyncIterable<
        [string, FileSystemDirectoryHandle]
      >) {
        if (name.length !== 64) continue;
        for await (const file of inside.values() as unknown as AsyncIterable<FileSystemFileHandle>) {
          if (/^\d+$/.test(file.name)) bytes += (await file.getFile()).size;
        }
      }
      return bytes;
    });

  it('goes on after a reload, opens without the network, and is checked, mended and deleted', async () => {
    const allBytes = builtInBytes();
    // Cut at 60 %, in a tab that closes.
    let left = Math.floor(0.6 * allBytes);
    server.state.trouble = ({ path, from, to, isPart }, response, body) => {
      if (!/^models\/.*\.(onnx|json)$/.test(path) || path.endsWith('pack.json')) return false;
      const some = Math.min(left, to - from);
      left -= some;
      if (isPart) response.setHeader('content-range', `bytes ${from}-${to - 1}/${body.length}`);
      response.writeHead(isPart ? 206 : 200, { 'content-length': to - from });
      if (some > 0) response.write(body.subarray(from, from + some));
      if (some === to - from) response.end();
      return true;
    };
    await visit();
    await expect.poll(keptBytes, { timeout: PATIENCE }).toBe(Math.floor(0.6 * allBytes));
    await page.getByText(/^Downloading model… [\d.]+ of \d+ MB$/).waitFor();
    server.state.trouble = null;
    server.requests.length = 0;
    await page.reload();
    await visitor.ready();
    expect(askedBytes()).toBeLessThanOrEqual(0.41 * allBytes);
    expect(askedBytes()).toBeGreaterThan(0);

    // From what is kept, with no request for it; and so without the network.
    server.requests.length = 0;
    let letGo = () => {};
    // The runtime waits, so that the words can be read.
    server.state.trouble = ({ path }, response, body) => {
      if (!path.endsWith('.wasm')) return false;
      letGo = () => response.writeHead(200).end(body);
      return true;
    };
    await page.reload();
    await page.getByText(/^Opening model… [\d.]+ of \d+ MB$/).waitFor();
    letGo();
    await visitor.ready();
    expect(modelFiles()).toEqual([]);
    server.state.trouble = ({ path }, response) =>
      path.startsWith('models/') && response.destroy() !== undefined;
    await page.reload();
    await visitor.ready();
    server.state.trouble = null;

    const dialog = page.getByRole('dialog', { name: 'Models' });
    await button('Models').click();
    await dialog.getByText(/26 MB on this device, last used/).waitFor();
    await button('Check Portraits').click();
    await dialog.getByText('“Portraits”: all 7 files on this device are as they should be.').waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await accessibilityViolations(page), colorScheme).toEqual([]);
    }

    // One bit on the disk.
    await page.evaluate(async () => {
      const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('delivered');
      const manifest = await (await fetch('models/portraits/pack.json')).json();
      const inside = await root.getDirectoryHandle(manifest.graphs.decoder.fp16.sha256);
      const file = await inside.getFileHandle('0');
      const bytes = new Uint8Array(await (await file.getFile()).arrayBuffer());
      bytes[1_000_000] ^= 1;
      const writable = await file.createWritable();
      await writable.write(bytes);
      await writable.close();
    });
    await button('Check Portraits').click();
    await dialog
      .getByText(/“Portraits” is damaged on this device: “decoder\.fp16\.onnx”\. .* fetched again/)
      .waitFor();
    server.requests.length = 0;
    await page.reload();
    await visitor.ready();
    expect(modelFiles().map(({ path }) => path)).toEqual(['models/portraits/decoder.fp16.onnx']);

    await button('Models').click();
    await button('Delete Portraits').click();
    await button('Delete its files').click();
    await dialog.getByText('The files of “Portraits” were deleted.').waitFor();
    expect(await keptBytes()).toBe(0);
    expect(await button('Check Portraits').count()).toBe(0);
    await button('Close').click();
    // It is open all the same.
    await visitor.ready();
  });

  it('is kept in the cache where there is no file system, and nowhere where there is neither, which is said', async () => {
    const [host] = [...files.keys()].filter((path) => /^assets\/host-.*\.js$/.test(path));
    const script = new TextDecoder().decode(files.get(host));
    const without = (prefix: string) => files.set(host, new TextEncoder().encode(`${prefix};${script}`));
    const noFiles = 'delete StorageManager.prototype.getDirectory';
    without(noFiles);
    await visit();
    await visitor.ready();
    server.requests.length = 0;
    await page.reload();
    await visitor.ready();
    expect(modelFiles()).toEqual([]);

    without(`${noFiles}; Object.defineProperty(self, 'caches', { value: undefined })`);
    await page.reload();
    await visitor.ready();
    expect(modelFiles().length).toBeGreaterThan(0);
    await page.getByText(/^This browser keeps no files for this page/).waitFor();
    files.set(host, new TextEncoder().encode(script));
  });
});
