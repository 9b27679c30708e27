// What a visitor does, on the built page in Chromium: open, type, generate, watch, cancel, generate again, download.
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { recipeFragment } from '../../src/recipe/link.ts';
import { makeRecipe } from '../../src/recipe/recipe.ts';
import { accessibilityViolations } from '../support/accessibility.ts';
import { siteFolder } from '../support/builtSite.ts';
import { pngChunks } from '../support/png.ts';
import { hasChromium, PATIENCE, Visitor } from '../support/visitor.ts';

const prompt = 'a smiling woman with long red hair and round glasses';
vi.setConfig({ testTimeout: 3 * PATIENCE });

describe.skipIf(!hasChromium)('a visitor', () => {
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await Visitor.arrive();
  });
  afterAll(() => visitor?.leave());
  afterEach(() => visitor.context?.close());

  describe('of a small model', () => {
    beforeEach(async () => {
      await visitor.visit('?pack=packs/micro/');
      await visitor.ready();
    });

    it('works by keyboard alone', async () => {
      await visitor.page.keyboard.type('red hair');
      await visitor.quick(3);
      await visitor.page.getByRole('textbox', { name: 'Prompt' }).focus();
      await visitor.page.keyboard.press('Control+Enter');
      await visitor.finished(1);
      await visitor.quick(100, 16);
      // From wherever the focus is: here the slider.
      await visitor.page.keyboard.press('Control+Enter');
      await visitor.page.getByText(/Step \d+ of 10\d/).waitFor();
      await visitor.page.keyboard.press('Escape');
      await visitor.ready();
      expect(visitor.complaints).toEqual([]);
    });

    it('clicks Generate twice and gets one run', async () => {
      await visitor.write('sunglasses');
      await visitor.quick(100);
      await visitor.button('Generate').dblclick();
      await visitor.finished(1);
      expect(await visitor.page.getByRole('article').count()).toBe(1);
      expect(visitor.complaints).toEqual([]);
    });

    it('makes the same file again from a seed, alone or among others', async () => {
      await visitor.write(prompt);
      await visitor.quick(6, 3);
      await visitor.button('Generate').click();
      await visitor.finished(3);
      const file = async (place: number) => {
        const [download] = await Promise.all([
          visitor.page.waitForEvent('download'),
          visitor.results().nth(place).click(),
        ]);
        return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
      };
      const first = await file(0);
      await visitor.page
        .getByRole('button', { name: /^Use this seed/ })
        .first()
        .click();
      await visitor.count(1);
      await visitor.button('Generate').click();
      await visitor.finished(4);
      const again = await file(0);
      expect(again.name).toBe(first.name);
      const pixels = (bytes: Buffer) => pngChunks(bytes).filter(({ type }) => type === 'IDAT');
      expect(pixels(again.bytes)).toEqual(pixels(first.bytes));
    });

    it('sends odd prompts and gets a picture or one sentence', async () => {
      const field = visitor.page.getByRole('textbox', { name: 'Prompt' });
      await visitor.quick(1);
      await visitor.button('Generate').click();
      await visitor.page.getByText('Write a prompt first').waitFor();

      let made = 0;
      const odd = [
        'word '.repeat(1000),
        'a\u0000b\u0007\u001b[31m c',
        '\ud83d lone \udc00',
        '🙂'.repeat(300),
        '<b>&amp;</b>',
      ];
      for (const text of odd) {
        await field.fill(text);
        await visitor.button('Generate').click();
        await visitor.finished(++made);
        expect(await visitor.alert().textContent()).toBe('');
      }
      await field.fill(odd[0]);
      await visitor.button('Generate').click();
      await visitor.finished(++made);
      await visitor.page.getByText(/CLIP reads 77 tokens/).waitFor();
      expect(visitor.complaints).toEqual([]);
    });

    it('reaches both ends of every slider', async () => {
      await visitor.write('a hat');
      await visitor.quick(1);
      await visitor.openAdvanced();
      let made = 0;
      for (const [guidance, truncation] of [
        [0, 0],
        [5, 1],
        [1, 0],
      ]) {
        await visitor.slide('Guidance', guidance);
        await visitor.slide('Truncation', truncation);
        await visitor.button('Generate').click();
        await visitor.finished(++made);
      }
      await visitor.page.getByRole('textbox', { name: 'Seed' }).fill('4294967295');
      await visitor.count(2);
      await visitor.button('Generate').click();
      await visitor.finished(made + 2);
      await visitor.page.getByRole('textbox', { name: 'Seed' }).fill('4294967296');
      await visitor.button('Generate').click();
      await visitor.page
        .getByText(/whole number from 0 to 4294967295/)
        .first()
        .waitFor();
      expect(visitor.complaints).toEqual([]);
    });
  });

  it('finds what was written and what was run after a reload, and does without where storage is blocked', async () => {
    await visitor.visit('?pack=packs/micro/');
    await visitor.ready();
    const field = visitor.page.getByRole('textbox', { name: 'Prompt' });
    await field.fill('red hair');
    await visitor.quick(3);
    await visitor.button('Generate').click();
    await visitor.finished(1);
    expect(await visitor.page.title()).toMatch(/^Done · CLIP-VQDiffusion/);
    await field.fill('half writ');
    await visitor.page.reload();
    await visitor.ready();
    expect(await field.inputValue()).toBe('half writ');
    expect(await visitor.page.getByRole('spinbutton', { name: 'Steps' }).inputValue()).toBe('3');
    await field.press('Alt+ArrowUp');
    expect(await field.inputValue()).toBe('red hair');

    await visitor.page.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get: () => {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    });
    await visitor.page.reload();
    await visitor.ready();
    expect(await field.inputValue()).toBe('');
    await field.fill('a hat');
    await visitor.quick(2);
    await visitor.button('Generate').click();
    await visitor.finished(1);
    await field.fill('');
    await field.press('Alt+ArrowUp');
    expect(await field.inputValue()).toBe('a hat');
    expect(visitor.complaints).toEqual([]);
  });

  it('sees what the model draws, takes up a prompt by a click, and is isolated', async () => {
    await visitor.visit('', { reducedMotion: 'reduce' });
    await visitor.ready();
    expect(await visitor.page.evaluate(() => crossOriginIsolated)).toBe(true);
    const pictures = visitor.page.getByRole('list', { name: 'What this model draws' }).getByRole('button');
    const { examples } = JSON.parse(readFileSync(`${siteFolder}models/portraits/pack.json`, 'utf8'));
    await expect.poll(() => pictures.allTextContents()).toEqual(examples);
    await pictures.nth(1).click();
    expect(await visitor.page.getByRole('textbox', { name: 'Prompt' }).inputValue()).toBe(examples[1]);
    await visitor.write('a zebra');
    await visitor.page.getByText('This model hasn’t learned “zebra”').waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await visitor.page.emulateMedia({ colorScheme });
      expect(await accessibilityViolations(visitor.page), colorScheme).toEqual([]);
    }
    expect(visitor.complaints).toEqual([]);
  });

  it('finds Generate on the first screen of a small laptop', async () => {
    await visitor.visit('', { viewport: { width: 1024, height: 768 } });
    await visitor.ready();
    const box = await visitor.button('Generate').boundingBox();
    expect(box!.y + box!.height).toBeLessThan(400);
  });

  it('without storage can use the built-in model, and is told what is missing', async () => {
    await visitor.visit('?pack=packs/micro/');
    await visitor.context.addInitScript(() => {
      Object.defineProperty(StorageManager.prototype, 'getDirectory', { value: undefined });
    });
    await visitor.page.reload();
    await visitor.ready();
    const dialog = visitor.page.getByRole('dialog');
    // A dropped file never leaves the page, and opens what says why it is not taken.
    const left = await visitor.page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['x'], 'faces.ckpt'));
      const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
      return document.body.dispatchEvent(event);
    });
    expect(left).toBe(false);
    await dialog
      .getByRole('alert')
      .getByText(/cannot keep models of your own/)
      .waitFor();
    await dialog
      .getByText(/cannot keep models of your own/)
      .nth(1)
      .waitFor();
    await visitor.page.locator('.model-line').getByText('Micro').waitFor();
    await visitor.button('Use Portraits').click();
    await visitor.page.locator('.model-line').getByText('Portraits').waitFor();
    await visitor.ready();
    expect(visitor.complaints).toEqual([]);
  });

  it('drags a picture of the page without meaning to bring a model', async () => {
    await visitor.visit();
    await visitor.ready();
    const drag = () =>
      visitor.page.evaluate(() => {
        const dataTransfer = new DataTransfer();
        // A browser gives a dragged picture as a file as well.
        dataTransfer.items.add(new File(['PNG'], 'picture.png'));
        const event = { dataTransfer, bubbles: true, cancelable: true };
        const welcome = document.querySelector('.welcome')!;
        welcome.dispatchEvent(new DragEvent('dragstart', event));
        welcome.dispatchEvent(new DragEvent('dragover', event));
        welcome.dispatchEvent(new DragEvent('drop', event));
        welcome.dispatchEvent(new DragEvent('dragend', event));
        return document.querySelector('dialog:modal') !== null;
      });
    expect(await drag()).toBe(false);
    expect(visitor.complaints).toEqual([]);
  });

  it('arrives by a link: its recipe is in the form, nothing runs, and a reload leaves it behind', async () => {
    const recipe = makeRecipe({
      model: { id: 'micro', fingerprint: null },
      condition: { kind: 'text', text: 'a face with {curly} hair' },
      seed: 4321,
      steps: 3,
      guidance: 2,
      truncation: { kind: 'none' },
      sampler: 'exact',
      arithmetic: 'single',
    });
    await visitor.visit(`?pack=packs/micro/${recipeFragment(recipe)}`);
    await visitor.ready();
    const written = visitor.page.getByRole('textbox', { name: 'Prompt' });
    expect(await written.inputValue()).toBe('a face with \\{curly\\} hair');
    await visitor.page.getByText('Next seed: 4321').waitFor();
    expect(visitor.page.url()).toMatch(/\?pack=packs\/micro\/$/);
    expect(await visitor.results().count()).toBe(0);
    await visitor.button('Make it again').click();
    await visitor.finished(1);
    await visitor.page.getByText('3 steps · guidance 2.00 · truncation off · seed 4321').waitFor();
    await visitor.page.reload();
    await visitor.ready();
    expect(await visitor.page.getByRole('region', { name: 'Opened picture' }).count()).toBe(0);
    expect(visitor.complaints).toEqual([]);
  });

  it('by a link of a model that was built in once reads so, and has its prompt for the one that is', async () => {
    const recipe = makeRecipe({
      model: { id: 'toon', fingerprint: null },
      condition: { kind: 'text', text: 'a face with curly hair' },
      seed: 4321,
      steps: 3,
      guidance: 2,
      truncation: { kind: 'none' },
      sampler: 'exact',
      arithmetic: 'single',
    });
    await visitor.visit(`?pack=models/toon/${recipeFragment(recipe)}`);
    await visitor
      .alert()
      .getByText(/^The model “toon” is not built in any more: bring it as a pack/)
      .waitFor();
    await visitor.button('Open the built-in model').click();
    await visitor.ready();
    await visitor.page
      .getByText(/“toon”, which is not built in any more: .* use its prompt with “portraits”/)
      .waitFor();
    expect(await visitor.page.getByRole('textbox', { name: 'Prompt' }).inputValue()).toBe(
      'a face with curly hair',
    );
    expect(await visitor.button('Make it again').count()).toBe(0);
    expect(visitor.complaints).toEqual([]);
  });

  it('has room between the pictures on the narrowest phone', async () => {
    await visitor.visit('?pack=packs/micro/', { viewport: { width: 320, height: 640 } });
    await visitor.ready();
    await visitor.write('a face');
    await visitor.quick(1, 2);
    await visitor.button('Generate').click();
    await visitor.finished(2);
    const [first, second] = await visitor.page.locator('.tile').evaluateAll((tiles) =>
      tiles.map((tile) => ({
        right: Math.max(
          ...[tile, ...tile.querySelectorAll('*')].map((part) => part.getBoundingClientRect().right),
        ),
        left: tile.getBoundingClientRect().left,
      })),
    );
    expect(second.left - first.right).toBeGreaterThanOrEqual(8);
    expect(await visitor.page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  });
});
