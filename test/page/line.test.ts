// Runs in line and grids: on the built page in Chromium, as a visitor uses them.
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readTexts } from '../../src/png/readTexts.ts';
import { readRecipeJson } from '../../src/recipe/read.ts';
import { promptOf } from '../../src/store/settings.ts';
import { accessibilityViolations } from '../support/accessibility.ts';
import { hasChromium, PATIENCE, Visitor } from '../support/visitor.ts';

vi.setConfig({ testTimeout: 3 * PATIENCE });

describe.skipIf(!hasChromium)('a visitor who wants more than one run', () => {
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    visitor = await Visitor.arrive({
      // The built-in model draws too slowly where its code is compiled once.
      args: [],
      options: { viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' },
    });
  });
  afterAll(() => visitor?.leave());
  async function visit(address = '') {
    await visitor.visit(address);
    ({ page } = visitor);
    await visitor.ready();
    await visitor.count(1);
  }

  const button = (name: string | RegExp) =>
    page.getByRole('button', { name, exact: typeof name === 'string' });
  const prompt = () => page.getByRole('textbox', { name: 'Prompt' });
  const steps = (count: number) => visitor.slide('Steps', count);
  const titles = () => page.getByRole('article').getByRole('heading').allTextContents();

  async function looksRight() {
    for (const [width, colorScheme] of [
      [1440, 'light'],
      [390, 'dark'],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 844 });
      expect(await accessibilityViolations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  }

  it('puts prompts in line, takes one out, stops, and keeps going until stopped', async () => {
    // The built-in model: its hundred steps are not over before they are stopped.
    await visit();
    await steps(100);
    await prompt().fill('one');
    await button('Generate').click();
    await steps(2);
    for (const words of ['two', 'three', 'four']) {
      await prompt().fill(words);
      await prompt().press('Control+Enter');
    }
    const line = page.getByRole('region', { name: 'What waits' });
    await line.getByText('3 waiting').waitFor();
    await looksRight();
    await line.getByRole('button', { name: 'Take out “three”' }).click();
    await line.getByText('2 waiting').waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Take out “four”');
    // What waits goes on by itself.
    await button('Stop').click();
    await button('Generate').waitFor();
    expect(await titles()).toEqual(['four', 'two', 'one']);
    await page.getByText(/stopped (at step|before the first step)/).waitFor();

    await steps(100);
    await button('Generate').click();
    await button('Add to the line').click();
    await line.getByText('1 waiting').waitFor();
    await button('Clear the line').click();
    await line.waitFor({ state: 'detached' });
    await button('Stop').click();
    await button('Generate').waitFor();
    expect(await titles()).toHaveLength(4);

    await steps(3);
    await button('Generate').click();
    await button('Keep going').click();
    await expect.poll(async () => (await titles()).length, { timeout: PATIENCE }).toBeGreaterThan(6);
    await steps(100);
    await page.keyboard.press('Escape');
    await button('Generate').waitFor();
    const seeds = await page.getByText(/^seed \d+$/).allTextContents();
    expect(new Set(seeds).size).toBe(seeds.length);
  });

  it('sees a grid fill, opens one of its pictures and saves it whole', async () => {
    await visit('?pack=packs/micro/');
    await prompt().fill('red hair');
    await page.getByText('Advanced', { exact: true }).click();
    await button('Grid…').click();
    const dialog = page.getByRole('dialog', { name: 'Grid' });
    await dialog.getByText('3 × 3 = 9 pictures').waitFor();
    await dialog.getByLabel('Columns', { exact: true }).selectOption('Steps');
    await dialog.getByLabel('Columns: values').fill('2, many');
    await dialog.getByText(/“many” is no number of steps/).waitFor();
    await looksRight();
    await dialog.getByLabel('Columns: values').fill('2, 3');
    await dialog.getByLabel('Rows', { exact: true }).selectOption('Words of the prompt');
    await dialog.getByLabel('Rows: values').fill('red, blond');
    await dialog.getByText('2 × 2 = 4 pictures').waitFor();
    await dialog.getByLabel('Rows: values').press('Enter');
    const grid = page.getByRole('table');
    await expect.poll(() => grid.getByRole('img').count()).toBe(4);
    await button('Generate').waitFor();
    expect(await grid.getByRole('columnheader').allTextContents()).toEqual(['2 steps', '3 steps']);
    expect(await grid.getByRole('rowheader').allTextContents()).toEqual(['red', 'blond']);
    await looksRight();

    const coming = page.waitForEvent('download');
    await button('Download grid').click();
    const download = await coming;
    expect(download.suggestedFilename()).toMatch(/^red-hair_grid_\d+\.png$/);
    const { texts } = await readTexts(await readFile(await download.path()));
    const { recipes } = JSON.parse(texts.find(({ keyword }) => keyword === 'clip-vqdiffusion grid')!.text);
    const source = { opening: 'The grid', remedy: 'Mend it.' };
    const whole = recipes.map((each: unknown) => readRecipeJson(each, source));
    expect(
      whole.map((recipe: Parameters<typeof promptOf>[0] & { steps: number }) => [
        promptOf(recipe),
        recipe.steps,
      ]),
    ).toEqual([
      ['red hair', 2],
      ['red hair', 3],
      ['blond hair', 2],
      ['blond hair', 3],
    ]);

    await grid.getByRole('link', { name: /^blond, 3 steps/ }).click();
    const viewer = page.getByRole('dialog');
    await viewer.getByRole('heading', { name: 'blond hair' }).waitFor();
    await viewer.getByText(/^3 steps/).waitFor();
    await viewer.getByText('4 of 4').waitFor();
    await page.keyboard.press('ArrowLeft');
    await viewer.getByText(/^2 steps/).waitFor();
  });
});
