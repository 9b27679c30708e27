// How it works, as a visitor finds out: the built page and its engine in Chromium, with the micro model's 6 x 6 tokens.
import type { BrowserContextOptions, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { accessibilityViolations } from '../support/accessibility.ts';
import { hasChromium, PATIENCE, Visitor } from '../support/visitor.ts';

vi.setConfig({ testTimeout: 3 * PATIENCE });

const way = 'From nothing, tile by tile';
const choice = 'Every tile is a choice';
const guidance = 'How closely it listens';
const truncation = 'How daring it is';
const steps = 'How long it thinks';

describe.skipIf(!hasChromium)('how it works', () => {
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    visitor = await Visitor.arrive({ options: { reducedMotion: 'reduce' } });
  });
  afterAll(() => visitor?.leave());
  afterEach(() => expect(visitor.complaints.filter((words) => words.startsWith('uncaught'))).toEqual([]));

  async function visit(fragment = '', options: BrowserContextOptions = {}) {
    await visitor.visit(`?pack=packs/micro/&device=wasm${fragment}`, options);
    ({ page } = visitor);
    await visitor.ready();
  }
  const explainer = () => page.getByRole('dialog', { name: 'How it works' });
  const figure = (title: string) => explainer().getByRole('region', { name: title });
  const show = (title: string) =>
    figure(title)
      .getByRole('button', { name: `Show me: ${title}` })
      .click();
  const isMade = (title: string) =>
    figure(title)
      .getByRole('button', { name: `Again: ${title}` })
      .waitFor();
  const isAccessible = async () => expect(await accessibilityViolations(page)).toEqual([]);
  const isClosed = () => explainer().waitFor({ state: 'detached' });
  const fragment = () => page.evaluate(() => location.hash);

  it('is shown by the engine when it is asked for, and nothing of it is kept', async () => {
    const fetched: string[] = [];
    await visitor.visit('?pack=packs/micro/&device=wasm', {}, async (each) => {
      each.on('request', (request) => fetched.push(new URL(request.url()).pathname));
    });
    ({ page } = visitor);
    await visitor.ready();
    const ofExplainer = () => fetched.filter((path) => /explain/i.test(path));
    expect(ofExplainer()).toEqual([]);
    await visitor.button('See it happen').click();
    await explainer().waitFor();
    expect(ofExplainer().length).toBeGreaterThan(1);
    expect(await fragment()).toBe('#how-it-works');
    expect(await visitor.wordsOfWorkers()).toEqual([]);
    await isAccessible();

    await show(way);
    await isMade(way);
    await figure(way).getByText('tiles are set: done.').waitFor();
    const slider = figure(way).getByRole('slider', { name: 'Step' });
    await slider.press('Home');
    await figure(way).getByText('tiles are set. It has not begun.').waitFor();
    await slider.press('ArrowRight');
    await figure(way).getByText('tiles are set after step 1 of 12.').waitFor();
    const strip = (await slider.boundingBox())!;
    await page.mouse.click(strip.x + (8.5 / 13) * strip.width, strip.y + 10);
    await figure(way).getByText('tiles are set after step 8 of 12.').waitFor();
    const counts = await figure(way).locator('.strip-step').count();
    expect(counts).toBe(13);

    // Made by the same run.
    const board = figure(choice).getByRole('application');
    await board.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await board.boundingBox())!;
    await page.mouse.move(x + 0.9 * width, y + 0.1 * height);
    await figure(choice)
      .getByText(/^Row 1, column 6: (still hidden|set in)/)
      .waitFor();
    const pieces = figure(choice).locator('.piece-picture canvas');
    await expect.poll(() => pieces.count(), { timeout: PATIENCE }).toBe(5);
    await page.mouse.move(1, 1);
    await board.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowLeft');
    await figure(choice)
      .getByText(/^Row 2, column 5:/)
      .waitFor();
    await expect.poll(() => pieces.count(), { timeout: PATIENCE }).toBe(5);
    const shares = await figure(choice).locator('.piece-share').allTextContents();
    const numbers = shares.map((share) => Number(/\d+/.exec(share)?.[0]));
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    // Seen after the last step, what was taken is what is there.
    await figure(choice)
      .getByRole('slider', { name: /^After step/ })
      .press('End');
    await figure(choice)
      .getByText(/: set in /)
      .waitFor();

    await show(truncation);
    await show(steps);
    await figure(steps)
      .getByRole('button', { name: `Stop: ${steps}` })
      .click();
    await isMade(truncation);
    await figure(steps)
      .getByRole('button', { name: `Show me: ${steps}` })
      .waitFor();
    expect(
      await figure(truncation)
        .getByRole('img', { name: /: the picture$/ })
        .count(),
    ).toBe(5);
    await show(guidance);
    await isMade(guidance);
    await figure(guidance).getByRole('img', { name: '0: the picture' }).waitFor();
    await isAccessible();

    // Other words: all begins anew.
    await explainer().getByRole('textbox', { name: 'The words' }).fill('a beard');
    await page.keyboard.press('Enter');
    await figure(guidance)
      .getByRole('button', { name: `Show me: ${guidance}` })
      .waitFor();
    await figure(way).getByText('tiles are set. It has not begun.').waitFor();

    await page.keyboard.press('Escape');
    await isClosed();
    expect(await fragment()).toBe('');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('See it happen');
    expect(await page.getByRole('article').count()).toBe(0);
    await page.reload();
    await visitor.ready();
    await visitor.button('See it happen').waitFor();
    expect(await page.getByRole('region', { name: 'Earlier pictures' }).count()).toBe(0);
  });

  it('has an address of its own, and the way back leads out', async () => {
    await visit('#how-it-works');
    await explainer().waitFor();
    expect(await fragment()).toBe('#how-it-works');
    await page.goBack();
    await isClosed();
    expect(await fragment()).toBe('');
    await visitor.button('How it works').click();
    await explainer().waitFor();
    await explainer().getByRole('button', { name: 'Make a picture' }).click();
    await isClosed();
    await visitor.ready();
  });

  it('stays when it is opened again at once, while the browser still goes back', async () => {
    await visit();
    await visitor.button('How it works').click();
    await explainer().waitFor();
    const [shut, opener] = await Promise.all([
      explainer().getByRole('button', { name: 'Close', exact: true }).elementHandle(),
      visitor.button('How it works').elementHandle(),
    ]);
    const hasGoneBack = page.evaluate(() =>
      new Promise((done) => addEventListener('popstate', done, { once: true })).then(() => true),
    );
    const between = await page.evaluate(
      async ([shut, opener]) => {
        (shut as HTMLElement).click();
        await null;
        const closed = { dialog: document.querySelector('dialog[open]') !== null, fragment: location.hash };
        (opener as HTMLElement).click();
        return closed;
      },
      [shut, opener],
    );
    expect(between).toEqual({ dialog: false, fragment: '' });
    expect(await hasGoneBack).toBe(true);
    await explainer().waitFor();
    expect(await fragment()).toBe('#how-it-works');
    await page.goBack();
    await isClosed();
    expect(await fragment()).toBe('');
  });

  it('waits for the visitor’s own pictures', async () => {
    await visit();
    await visitor.write('a hat');
    await visitor.quick(100, 4);
    await visitor.button('Generate').click();
    await page.getByText(/Step \d+ of 100/).waitFor();
    await visitor.button('How it works').click();
    await show(guidance);
    await figure(guidance)
      .getByRole('status')
      .getByText('Waits for your own pictures…')
      .waitFor({ state: 'attached' });
    await isMade(guidance);
    await page.keyboard.press('Escape');
    await isClosed();
    // Its own pictures are not among them.
    await visitor.finished(4);
    expect(await visitor.wordsOfWorkers()).not.toContain('cancelled');
  });

  it('fits a phone, and is pointed at with a finger', async () => {
    await visit('#how-it-works', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await explainer().waitFor();
    await figure(choice)
      .getByRole('button', { name: /^Show me/ })
      .tap();
    await isMade(choice);
    const board = figure(choice).getByRole('application');
    await board.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await board.boundingBox())!;
    await page.touchscreen.tap(x + 0.4 * width, y + 0.4 * height);
    await figure(choice)
      .getByText(/^Row 3, column 3:/)
      .waitFor();
    await isAccessible();
    expect(await explainer().evaluate(({ scrollWidth }) => scrollWidth)).toBeLessThanOrEqual(390);
    const small = await explainer()
      .locator('button, input')
      .evaluateAll((all) => all.filter((each) => each.getBoundingClientRect().height < 40).length);
    expect(small).toBe(0);
  });
});
