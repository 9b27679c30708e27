// A picture's steps in the viewer: the built page and its engine in Chromium, with the micro pack.
import type { BrowserContextOptions, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { accessibilityViolations } from '../support/accessibility.ts';
import { hasChromium, PATIENCE, Visitor } from '../support/visitor.ts';

vi.setConfig({ testTimeout: 3 * PATIENCE });

describe.skipIf(!hasChromium)('the steps of a picture', () => {
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    visitor = await Visitor.arrive({ options: { reducedMotion: 'reduce' } });
  });
  afterAll(() => visitor?.leave());

  const viewer = () => page.getByRole('dialog');
  const slider = () => viewer().getByRole('slider', { name: 'Step' });
  const readout = () => viewer().locator('output').textContent();
  const isDrawn = () => expect.poll(() => viewer().locator('.step-picture canvas').count()).toBe(2);
  const isAccessible = async () => expect(await accessibilityViolations(page)).toEqual([]);

  async function generate(steps: number, pictures: number) {
    await visitor.quick(steps, pictures);
    await visitor.button('Generate').click();
  }

  /** Two pictures of eight steps, the first of them seen large. */
  async function visit(options: BrowserContextOptions = {}) {
    await visitor.visit('?pack=packs/micro/&device=wasm', options);
    ({ page } = visitor);
    await visitor.ready();
    await visitor.write('a hat');
    await generate(8, 2);
    await visitor.finished(2);
    // Each is one once it is kept, and the second may be kept first.
    const links = page.getByRole('article').getByRole('link');
    await expect.poll(() => links.count(), { timeout: PATIENCE }).toBe(2);
    await links.first().click();
    await slider().waitFor();
  }

  it('are gone through by mouse, and shown as they were', async () => {
    await visit();
    expect(await slider().inputValue()).toBe('8');
    expect(await viewer().locator('.step-picture canvas').count()).toBe(1);
    await viewer().getByRole('button', { name: 'Play its steps' }).click();
    // From the first to the last, each drawn before the next.
    await viewer().getByText('Step 3 of 8:').waitFor();
    await isDrawn();
    await expect.poll(() => slider().inputValue(), { timeout: PATIENCE }).toBe('8');
    await viewer().getByRole('button', { name: 'Play its steps' }).waitFor();

    const { x, y, width, height } = (await slider().boundingBox())!;
    await page.mouse.click(x + width / 2, y + height / 2);
    await viewer()
      .getByText(/Step [45] of 8:/)
      .waitFor();
    await isDrawn();
    await viewer()
      .getByRole('img', { name: /^“a hat”, seed \d+, after step [45] of 8$/ })
      .waitFor();
    await isAccessible();

    await viewer().getByRole('checkbox', { name: 'How sure it was' }).check();
    const picture = (await viewer().locator('.step-picture').boundingBox())!;
    await page.mouse.move(picture.x + 0.3 * picture.width, picture.y + 0.6 * picture.height);
    await expect
      .poll(readout)
      .toMatch(/^Row 4, column 2: (set at step \d, (\d+|under 1) % sure|not set yet; the)/);
    await page.mouse.move(1, 1);
    await expect.poll(readout).toBe('');
    await isAccessible();

    await visitor.button('Branch from here').click();
    await viewer().waitFor({ state: 'detached' });
    await expect.poll(() => page.getByRole('article').count()).toBe(2);
    await page.getByRole('article').last().getByRole('link').first().click();
    await slider().fill('3');
    await viewer().getByText('Branch with other words or settings').click();
    await viewer().getByRole('textbox', { name: 'Prompt from there on' }).fill('a beard');
    await viewer().getByRole('spinbutton', { name: 'Guidance' }).fill('3');
    await isAccessible();
    await visitor.button('Branch from step 3').click();
    await viewer().waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'a beard' }).waitFor();
  });

  it('are gone through by keyboard, which leads to no other picture', async () => {
    await visit();
    await slider().focus();
    await page.keyboard.press('Home');
    await viewer().getByText('Step 1 of 8:').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await viewer().getByText('Step 3 of 8:').waitFor();
    await page.keyboard.press('Space');
    await viewer().getByRole('button', { name: 'Pause' }).waitFor();
    await page.keyboard.press('Space');
    await viewer().getByRole('button', { name: 'Play its steps' }).waitFor();
    await page.keyboard.press('End');
    await viewer().getByText('Step 8 of 8: 36 of 36 tokens set').waitFor();

    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await expect.poll(() => viewer().locator('.confidence circle').count(), { timeout: PATIENCE }).toBe(36);
    await viewer().getByRole('application').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    expect(await readout()).toMatch(/^Row 2, column 5: set at step \d, (\d+|under 1) % sure$/);
    await viewer().getByText('1 of 2').waitFor();
    await isAccessible();
    // Elsewhere these keys are the gallery's.
    await viewer().getByRole('heading').focus();
    await page.keyboard.press('ArrowRight');
    await viewer().getByText('2 of 2').waitFor();
    expect(await slider().inputValue()).toBe('8');
  });

  it('wait for a run that is on, say so, and are drawn when it has ended', async () => {
    await visit();
    await page.keyboard.press('Escape');
    await generate(100, 16);
    await page.getByText(/Step \d+ of 100/).waitFor();
    await page.getByRole('article').nth(1).getByRole('link').first().click();
    await slider().focus();
    await page.keyboard.press('ArrowLeft');
    await viewer().getByText('Drawing this step when the run has ended').waitFor();
    // What is kept is seen meanwhile.
    await viewer().getByText('Step 7 of 8:').waitFor();
    expect(await viewer().locator('.step-picture canvas').count()).toBe(1);
    await isAccessible();
    await page.keyboard.press('Escape');
    await viewer().waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await page.getByRole('article').nth(1).getByRole('link').first().click();
    await slider().focus();
    await page.keyboard.press('ArrowLeft');
    await isDrawn();
    await expect.poll(() => viewer().locator('.steps-wait').count()).toBe(0);
  });

  it('are pointed at with a finger, and fit a phone', async () => {
    await visit({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await viewer().getByText('How sure it was').tap();
    const { x, y, width, height } = (await viewer().locator('.step-picture').boundingBox())!;
    await page.touchscreen.tap(x + 0.9 * width, y + 0.1 * height);
    await expect.poll(readout, { timeout: PATIENCE }).toMatch(/^Row 1, column 6: set at step \d, /);
    await viewer().getByText('1 of 2').waitFor();
    await isAccessible();
    expect(await viewer().evaluate(({ scrollWidth }) => scrollWidth)).toBeLessThanOrEqual(390);
    const small = await viewer()
      .locator('.steps button, .steps label, .steps input[type=range]')
      .evaluateAll((all) => all.filter((each) => each.getBoundingClientRect().height < 40).length);
    expect(small).toBe(0);
  });
});
