// One thing of a picture changed, one picture turned into another, and others made like one's own: the built page and its engine in Chromium, with
// the micro model.
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readRecipe } from '../../src/png/readRecipe.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { accessibilityViolations } from '../support/accessibility.ts';
import { addPack, microPack } from '../support/builtSite.ts';
import { twoFrameGif } from '../support/ownPictures.ts';
import { pngChunks } from '../support/png.ts';
import { hasChromium, PATIENCE, Visitor } from '../support/visitor.ts';

vi.setConfig({ testTimeout: 3 * PATIENCE });

const colours = ['red hair', 'blond hair', 'black hair'];

describe.skipIf(!hasChromium)('a visitor who changes one thing', () => {
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    // The policy would keep the test from reading the pictures where they are shown.
    visitor = await Visitor.arrive({ options: { reducedMotion: 'reduce', bypassCSP: true } });
    const files = new Map(microPack());
    const manifest = JSON.parse(new TextDecoder().decode(files.get('pack.json')));
    manifest.vocabulary = { words: ['hair'], groups: [{ name: 'hair colour', phrases: colours }] };
    addPack('worded', files.set('pack.json', new TextEncoder().encode(JSON.stringify(manifest))));
  });
  afterAll(() => visitor?.leave());
  beforeEach(async () => {
    await visitor.visit('?pack=packs/worded/&device=wasm');
    ({ page } = visitor);
    await visitor.ready();
    await visitor.quick(4);
  });
  afterEach(() => expect(visitor.complaints.filter((words) => words.startsWith('uncaught'))).toEqual([]));

  const viewer = () => page.getByRole('dialog');
  const newest = () => page.getByRole('article').first();
  const isAccessible = async () => expect(await accessibilityViolations(page)).toEqual([]);

  async function makeOne(prompt: string) {
    const before = await visitor.results().count();
    await visitor.write(prompt);
    await visitor.button('Generate').click();
    await visitor.finished(before + 1);
  }
  /** The files of the newest run, in order, once there are so many. */
  async function filesOf(count: number): Promise<Buffer[]> {
    const pictures = newest().getByRole('img');
    await expect.poll(() => newest().getByRole('link').count(), { timeout: PATIENCE }).toBe(count);
    await visitor.ready();
    const all = await pictures.evaluateAll((images) =>
      Promise.all(
        images.map(async (image) => [
          ...new Uint8Array(await (await fetch((image as HTMLImageElement).src)).arrayBuffer()),
        ]),
      ),
    );
    return all.map((bytes) => Buffer.from(bytes));
  }
  async function recipeIn(file: Uint8Array): Promise<Recipe> {
    const content = await readRecipe(file);
    if (content.kind !== 'recipe') throw new Error('no recipe');
    return content.recipe;
  }
  const columns = () => newest().getByRole('columnheader').allTextContents();
  /** The newest run's only picture, seen large. */
  async function openLarge(place = 0) {
    await newest().getByRole('link').nth(place).click();
    await viewer().getByRole('img').waitFor();
  }

  it('pushes a quality from less to more, by the page’s words and by their own; the middle is the picture itself', async () => {
    await makeOne('red hair');
    const [own] = await filesOf(1);
    await openLarge();
    await viewer().getByLabel('Quality').selectOption('glasses');
    await isAccessible();
    await viewer().getByRole('button', { name: 'From less to more' }).click();
    await viewer().waitFor({ state: 'detached' });
    await expect.poll(() => page.getByRole('article').count()).toBe(2);
    const pushes = await filesOf(7);
    expect(await columns()).toEqual([
      'glasses −2',
      'glasses −1',
      'glasses −0.5',
      'as it is',
      'glasses +0.5',
      'glasses +1',
      'glasses +2',
    ]);
    expect(pushes[3].equals(own)).toBe(true);
    const recipes = await Promise.all(pushes.map(recipeIn));
    expect(recipes.map(({ condition }) => condition.kind === 'direction' && condition.strength)).toEqual([
      -2,
      -1,
      -0.5,
      false,
      0.5,
      1,
      2,
    ]);
    expect(new Set(recipes.map(({ seed }) => seed)).size).toBe(1);
    await isAccessible();

    await page.getByRole('article').last().getByRole('link').first().click();
    await viewer().getByLabel('Quality').selectOption('own');
    const push = viewer().getByRole('button', { name: 'From less to more' });
    expect(await push.isEnabled()).toBe(false);
    await viewer().getByRole('textbox', { name: 'Less of' }).fill('a calm person');
    await viewer().getByRole('textbox', { name: 'More of' }).fill('a laughing person');
    await isAccessible();
    await push.press('Enter');
    await expect.poll(() => page.getByRole('article').count()).toBe(3);
    const own7 = await filesOf(7);
    expect((await columns())[6]).toBe('a laughing person +2');
    expect((await recipeIn(own7[6])).condition).toMatchObject({
      kind: 'direction',
      base: { text: 'red hair' },
      from: { text: 'a calm person' },
      to: { text: 'a laughing person' },
      strength: 2,
    });
  });

  it('tries each phrase of a group, and takes one of them for the prompt', async () => {
    await makeOne('a man, red hair');
    await openLarge();
    await viewer().getByRole('button', { name: 'Try each' }).click();
    await expect.poll(() => page.getByRole('article').count()).toBe(2);
    const tries = await filesOf(3);
    expect(await columns()).toEqual(colours);
    const prompts = (await Promise.all(tries.map(recipeIn))).map(({ condition }) => condition);
    expect(prompts).toEqual(colours.map((colour) => ({ kind: 'text', text: `a man, ${colour}` })));
    await openLarge(1);
    await viewer().getByRole('heading', { name: 'a man, blond hair' }).waitFor();
    await viewer().getByRole('button', { name: 'Use these settings' }).click();
    await viewer().waitFor({ state: 'detached' });
    const prompt = page.getByRole('textbox', { name: 'Prompt' });
    await expect.poll(() => prompt.inputValue(), { timeout: PATIENCE }).toBe('a man, blond hair');
    await isAccessible();
  });

  it('selects two pictures, morphs the one into the other, and downloads the way as a film', async () => {
    await makeOne('red hair');
    const [red] = await filesOf(1);
    await makeOne('a green hat');
    await visitor.button('Move to earlier pictures').click();
    const earlier = page.getByRole('region', { name: 'Earlier pictures' });
    const boxes = earlier.getByRole('checkbox', { name: /^Select / });
    await expect.poll(() => boxes.count()).toBe(2);
    for (const box of await boxes.all()) await box.check({ force: true });
    await page.getByText('2 selected').waitFor();
    await isAccessible();
    await visitor.button('Morph').click();
    const way = await filesOf(9);
    expect(await columns()).toEqual(['0 %', '13 %', '25 %', '38 %', '50 %', '63 %', '75 %', '88 %', '100 %']);
    expect(way[0].equals(red)).toBe(true);
    expect((await recipeIn(way[8])).condition).toMatchObject({ text: 'a green hat' });
    expect((await recipeIn(way[4])).condition).toMatchObject({ kind: 'between', at: 0.5 });
    await isAccessible();

    const [film] = await Promise.all([
      page.waitForEvent('download'),
      newest().getByRole('button', { name: 'Download film' }).click(),
    ]);
    expect(film.suggestedFilename()).toMatch(/\.png$/);
    const bytes = await readFile(await film.path());
    const chunks = pngChunks(bytes);
    const control = chunks.find(({ type }) => type === 'acTL');
    // A moving PNG that this browser, too, can show.
    expect(Buffer.from(control?.data ?? []).readUInt32BE(0)).toBeGreaterThanOrEqual(9);
    const size = await page.evaluate(
      async (all) => {
        const bitmap = await createImageBitmap(new Blob([Uint8Array.from(all)], { type: 'image/png' }));
        return [bitmap.width, bitmap.height];
      },
      [...bytes],
    );
    expect(size).toEqual([12, 12]);
  });

  it('drops a picture of their own, and makes one like it by half, whose file makes it again', async () => {
    await visitor.write('red hair');
    await page.evaluate(
      (gif) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([Uint8Array.from(gif)], 'mine.gif', { type: 'image/gif' }));
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
      },
      [...twoFrameGif()],
    );
    const own = page.getByRole('region', { name: 'Your picture' });
    await own.getByText('“mine.gif”').waitFor();
    const slider = own.getByRole('slider', { name: 'Share of the picture, in %' });
    expect(await slider.inputValue()).toBe('50');
    await slider.press('ArrowLeft');
    await isAccessible();
    await own.getByRole('button', { name: 'More like it' }).click();
    await visitor.finished(1);
    const [mixed] = await filesOf(1);
    expect((await recipeIn(mixed)).condition).toMatchObject({
      kind: 'between',
      from: { text: 'red hair' },
      to: { kind: 'embedding' },
      at: 0.4,
    });
    await slider.press('End');
    await own.getByText('without the prompt').waitFor();
    await own.getByRole('button', { name: 'More like it' }).click();
    await expect.poll(() => page.getByRole('article').count(), { timeout: PATIENCE }).toBe(2);
    expect((await recipeIn((await filesOf(1))[0])).condition.kind).toBe('embedding');

    const [picker] = await Promise.all([
      page.waitForEvent('filechooser'),
      visitor.button('Open a picture…').click(),
    ]);
    await picker.setFiles({ name: 'mixed.png', mimeType: 'image/png', buffer: mixed });
    await visitor.button('Make it again').click();
    await expect.poll(() => page.getByRole('article').count(), { timeout: PATIENCE }).toBe(3);
    expect((await filesOf(1))[0].equals(mixed)).toBe(true);
  });
});
