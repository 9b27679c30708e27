// Why a picture is as it is, mends and films: the built page and its engine in Chromium, with the micro model's 6 x 6 tokens.
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { readRecipe } from '../../src/png/readRecipe.ts';
import { FRAMES } from '../../src/recipe/film.ts';
import { decodeFree } from '../../src/recipe/start.ts';
import { accessibilityViolations } from '../support/accessibility.ts';
import { addPack, microPack } from '../support/builtSite.ts';
import { pngChunks } from '../support/png.ts';
import { hasChromium, PATIENCE, Visitor } from '../support/visitor.ts';

vi.setConfig({ testTimeout: 3 * PATIENCE });

const groups = [{ name: 'hair colour', phrases: ['red hair', 'brown hair', 'black hair', 'blond hair'] }];
const phrases = ['a woman', 'red hair', 'glasses', 'a hat', 'a beard', 'smiling'];

describe.skipIf(!hasChromium)('a visitor who wonders', () => {
  let visitor: Visitor;

  beforeAll(async () => {
    visitor = await Visitor.arrive({ options: { reducedMotion: 'reduce' } });
    const files = new Map(microPack());
    const manifest = JSON.parse(new TextDecoder().decode(files.get('pack.json')));
    // Its weights are random, and so are its cosines: at this scale they are told apart.
    const worded = { ...manifest, clipScale: 1000, vocabulary: { words: ['hair'], groups } };
    addPack('phrased', files.set('pack.json', new TextEncoder().encode(JSON.stringify(worded))));
  });
  afterAll(() => visitor?.leave());
  afterEach(() => expect(visitor.complaints.filter((words) => words.startsWith('uncaught'))).toEqual([]));

  async function visit() {
    await visitor.visit('?pack=packs/phrased/&device=wasm');
    await visitor.ready();
    await visitor.write('a woman with red hair and glasses, a hat, a beard, smiling');
    await visitor.openAdvanced();
    await visitor.page.getByLabel('Seed', { exact: true }).fill('7');
  }
  const isAccessible = async () => expect(await accessibilityViolations(visitor.page)).toEqual([]);
  async function saved(click: () => Promise<void>) {
    const [file] = await Promise.all([visitor.page.waitForEvent('download'), click()]);
    return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
  }

  it('is told which phrases CLIP sees, and has one mended, in a picture that its file makes again', async () => {
    await visit();
    const { page } = visitor;
    await visitor.quick();
    await visitor.button('Generate').click();
    await visitor.finished(1);
    await page.getByRole('article').getByRole('link').first().click();
    const viewer = page.getByRole('dialog').first();
    const why = viewer.getByRole('button', { name: 'Why this one' });
    await why.focus();
    await page.keyboard.press('Enter');
    const rows = viewer.getByRole('region', { name: 'Why this one' }).getByRole('listitem');
    await expect.poll(() => rows.count(), { timeout: PATIENCE }).toBe(phrases.length);
    for (const [i, phrase] of phrases.entries()) {
      expect(await rows.nth(i).innerText()).toMatch(new RegExp(`^${phrase}\\n(\\d+|under 1) %`));
    }
    await isAccessible();

    const mend = viewer.getByRole('button', { name: /^Mend (?!what)/ });
    const row = rows.filter({ has: page.getByRole('button') }).first();
    const missed =
      phrases[await rows.evaluateAll((all) => all.findIndex((each) => each.querySelector('button')))];
    expect(await row.innerText()).toMatch(/not seen|more like /);
    expect(await row.getAttribute('data-seen')).toBe('false');
    await mend.first().click();
    await viewer.getByText(`Marked in the picture: what stands in the way of “${missed}”.`).waitFor();
    const kept = await viewer.locator('.step-picture .region-kept').getAttribute('d');
    expect(kept!.match(/M/g)).toHaveLength(25);
    await isAccessible();

    // Under the brush it is painted already, and the viewer is there again behind it.
    await viewer.getByRole('button', { name: 'Change the region…' }).click();
    await page.getByText('11 of 36 tokens chosen').waitFor();
    await page.keyboard.press('Escape');
    await viewer.getByRole('button', { name: 'Mend what it was least sure of' }).click();
    await viewer.getByText('Marked in the picture: what the model was least sure of.').waitFor();
    await mend.first().click();
    await viewer.getByText(`what stands in the way of “${missed}”`).waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    await viewer.locator('.phrases-part').waitFor();
    await isAccessible();
    await viewer.getByRole('button', { name: 'Draw it again, four times' }).press('Enter');
    await viewer.waitFor({ state: 'detached' });
    await visitor.finished(5);

    const first = await saved(() => visitor.results().first().click());
    const content = await readRecipe(first.bytes);
    if (content.kind !== 'recipe' || content.recipe.start.kind !== 'tokens') throw new Error('no tokens');
    const { start, condition } = content.recipe;
    expect(decodeFree(start.free, 36)!.filter(Boolean)).toHaveLength(11);
    expect(condition).toMatchObject({ kind: 'direction', strength: 1, base: { kind: 'text' } });
    expect(JSON.stringify(condition)).toContain(missed);
    const [picker] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Open a picture…' }).click(),
    ]);
    await picker.setFiles({ name: 'x.png', mimeType: 'image/png', buffer: first.bytes });
    await page.getByRole('button', { name: 'Make it again' }).click();
    await visitor.finished(6);
    const again = await saved(() => visitor.results().first().click());
    expect(again.bytes.equals(first.bytes)).toBe(true);
  });

  it('makes a film of two pictures, and takes it home as a PNG and as a video', async () => {
    await visit();
    const { page } = visitor;
    await visitor.quick(2, 2);
    await visitor.button('Generate').click();
    await visitor.finished(2);
    await page.getByRole('button', { name: 'Move to earlier pictures' }).click();
    // Their list comes late.
    const checkboxes = page.getByRole('checkbox', { name: /^Select / });
    await expect.poll(() => checkboxes.count(), { timeout: PATIENCE }).toBe(2);
    for (const checkbox of await checkboxes.all()) await checkbox.check();
    await page
      .getByRole('region', { name: 'Selected pictures' })
      .getByRole('button', { name: 'Film' })
      .click();
    const film = page.getByRole('article').first();
    await expect.poll(() => film.getByRole('link').count(), { timeout: PATIENCE }).toBe(FRAMES);
    await visitor.ready();
    await isAccessible();

    const png = await saved(() => film.getByRole('button', { name: 'Download film' }).click());
    const [, frames] = pngChunks(png.bytes).flatMap(({ type, data }) =>
      type === 'acTL' ? [type, Buffer.from(data).readUInt32BE(0)] : [],
    );
    expect(frames).toBe(2 * FRAMES - 2);
    const video = await saved(() => film.getByRole('button', { name: 'Download video' }).click());
    expect(video.name).toMatch(/_film_\d+\.webm$/);
    // EBML, as WebM begins.
    expect([...video.bytes.subarray(0, 4)]).toEqual([0x1a, 0x45, 0xdf, 0xa3]);
    // After a reload it is one tile, whose file is the same.
    await page.getByRole('button', { name: 'Move to earlier pictures' }).click();
    await page.reload();
    const earlier = page.getByRole('region', { name: 'Earlier pictures' });
    await earlier.getByText(`Film, ${FRAMES} pictures`).waitFor();
    expect(await earlier.getByRole('listitem').count()).toBe(3);
    const again = await saved(() => earlier.getByRole('button', { name: /^Download: film/ }).click());
    expect(again.name).toBe(png.name);
    expect(again.bytes.equals(png.bytes)).toBe(true);
    await isAccessible();
    // The page's own policy lets it show no video.
    const other = await visitor.context.newPage();
    const shown = await other.evaluate(
      async (bytes) => {
        const element = document.createElement('video');
        element.src = URL.createObjectURL(new Blob([Uint8Array.from(bytes)], { type: 'video/webm' }));
        await new Promise((resolve, reject) => {
          element.onloadeddata = resolve;
          element.onerror = () => reject(new Error('no video'));
        });
        return [element.videoWidth, element.videoHeight];
      },
      [...video.bytes],
    );
    expect(shown).toEqual([12, 12]);
  });
});
