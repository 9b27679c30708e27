// The page's components in a real browser, with a stand-in for the engine.
import { createElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { UserError } from '../../src/errors.ts';
import { recipeTexts } from '../../src/png/recipeTexts.ts';
import { encodePng } from '../../src/png/write.ts';
import { readRecipeFragment } from '../../src/recipe/link.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { createActions } from '../../src/store/actions.ts';
import { noCrashMark } from '../../src/store/crashMark.ts';
import { createAppStore } from '../../src/store/store.ts';
import type { ImageTokens } from '../../src/types.ts';
import { App } from '../../src/ui/App.tsx';
import { AppContext } from '../../src/ui/context.ts';
import { createTokenPainter } from '../../src/ui/gallery/tokenPainter.ts';
import '../../src/ui/styles/base.css';
import '../../src/ui/styles/controls.css';
import '../../src/ui/styles/gallery.css';
import '../../src/ui/styles/models.css';
import { keptPage } from '../support/kept.ts';
import {
  grey,
  imageEvent,
  microManifest,
  microRecipe,
  modelsWithoutStorage,
  noDecoding,
  onWasm,
  standInClient,
  stepEvent,
} from '../support/page.ts';

describe('the page', () => {
  let root: Root;
  let engine: ReturnType<typeof standInClient>;
  let copied: string[];
  const generate = page.getByRole('button', { name: 'Generate' });
  const cancel = page.getByRole('button', { name: 'Stop' });
  const prompt = page.getByRole('textbox', { name: 'Prompt' });

  beforeEach(async () => {
    const store = createAppStore();
    engine = standInClient();
    copied = [];
    const actions = createActions(store, {
      client: engine.client,
      randomSeed: () => 42,
      now: () => performance.now(),
      save: () => {},
      painted: async () => {},
      decodePicture: noDecoding,
      copyText: async (text) => void copied.push(text),
      copyPicture: async () => {},
      pageUrl: () => 'https://example.org/app/',
      base: location.href,
      crashMark: noCrashMark,
    });
    actions.rollSeed();
    const models = modelsWithoutStorage((address) => void actions.openPack(address, 'auto'));
    const host = document.body.appendChild(document.createElement('div'));
    root = createRoot(host);
    root.render(
      createElement(
        AppContext,
        { value: { store, actions, models, kept: keptPage(store, actions) } },
        createElement(App),
      ),
    );
    void actions.openPack('models/micro/', 'auto');
    await expect.element(generate).toBeDisabled();
  });
  afterEach(() => {
    root.unmount();
    document.body.replaceChildren();
  });

  const open = async () => {
    engine.opens.at(-1)!.resolve({ manifest: microManifest, device: onWasm });
    await expect.element(generate).toBeEnabled();
  };

  it('lets one write while the model loads, and says how far that is', async () => {
    await expect.element(prompt).toHaveFocus();
    engine.opens[0].onProgress({ stage: 'download', loadedBytes: 12_300_000, totalBytes: 38_000_000 });
    await expect.element(page.getByText('12.3 of 38 MB')).toBeVisible();
    await userEvent.keyboard('early bird');
    await open();
    await expect.element(prompt).toHaveValue('early bird');
  });

  it('is worked from the keyboard: Ctrl+Enter generates, Escape stops', async () => {
    await open();
    await prompt.fill('a face');
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await expect.element(cancel).toBeVisible();
    expect(engine.runs[0].recipes[0].condition).toEqual({ kind: 'text', text: 'a face' });
    await userEvent.keyboard('{Escape}');
    expect(engine.runs[0].signal.aborted).toBe(true);
  });

  it('takes the keys wherever the focus is, but not from an open dialog', async () => {
    await open();
    await page.getByRole('button', { name: 'About this model' }).click();
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await userEvent.keyboard('{Escape}');
    expect(engine.runs).toHaveLength(0);
    await page.getByRole('button', { name: 'a smiling woman' }).click();
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await expect.element(cancel).toBeVisible();
    expect(engine.runs[0].recipes[0].condition).toEqual({ kind: 'text', text: 'a smiling woman' });
  });

  it('opens what is known of the model at its beginning', async () => {
    const provenance = Array.from({ length: 60 }, (_, line) => `Line ${line} of a long story.`);
    engine.opens[0].resolve({ manifest: { ...microManifest, provenance }, device: onWasm });
    const about = page.getByRole('button', { name: 'About this model' });
    await about.click();
    await expect.element(page.getByRole('heading', { name: 'Micro' })).toHaveFocus();
    const dialog = document.querySelector<HTMLDialogElement>('dialog[open]')!;
    expect(dialog.scrollHeight).toBeGreaterThan(dialog.clientHeight);
    expect(dialog.scrollTop).toBe(0);
    await userEvent.keyboard('{Escape}');
    await expect.element(about).toHaveFocus();
  });

  it('says what was chosen for the device, and why', async () => {
    await open();
    await page.getByRole('button', { name: 'About this device' }).click();
    const [{ chosen, why }] = onWasm.choices;
    await expect.element(page.getByRole('dialog')).toHaveTextContent(`${chosen}${why}`);
  });

  it('takes a double click on Generate for one click', async () => {
    await open();
    await page.getByRole('button', { name: 'a smiling woman' }).click();
    await generate.dblClick();
    await expect.element(cancel).toBeVisible();
    expect(engine.runs).toHaveLength(1);
    expect(engine.runs[0].signal.aborted).toBe(false);
    await cancel.click();
    expect(engine.runs[0].signal.aborted).toBe(true);
  });

  it('asks for a prompt beside the field, and brings one to it', async () => {
    await open();
    await generate.click();
    await expect.element(page.getByText('Write a prompt first')).toBeVisible();
    await expect.element(prompt).toHaveFocus();
    await expect.element(prompt).toHaveAccessibleDescription(/Write a prompt first/);
  });

  it('opens Advanced when the seed there is wrong', async () => {
    await open();
    await prompt.fill('a face');
    const advanced = page.getByText('Advanced', { exact: true });
    await advanced.click();
    await page.getByRole('textbox', { name: 'Seed' }).fill('12x');
    await advanced.click();
    await generate.click();
    await expect.element(page.getByRole('textbox', { name: 'Seed' })).toHaveFocus();
    await expect.element(page.getByText('“12x” isn’t one')).toBeVisible();
  });

  it('shows pictures as PNGs of their real size, the best first', async () => {
    await open();
    await prompt.fill('a face');
    await generate.click();
    engine.runs[0].onEvent(stepEvent(3, 10, 0, 4));
    await expect.element(page.getByText('Step 3 of 10')).toBeVisible();
    await expect.element(page.getByText('4 of 4 tiles set').first()).toBeVisible();
    for (const [c, score] of [0.2, 0.9, 0.5, 0.4].entries()) {
      engine.runs[0].onEvent(imageEvent(c, score));
    }
    engine.runs[0].resolve({ cancelled: false });
    await expect.element(page.getByText('Best match')).toBeVisible();
    await expect.poll(() => document.querySelectorAll('article img').length).toBe(4);
    const images = [...document.querySelectorAll<HTMLImageElement>('article img')];
    await Promise.all(images.map((image) => image.decode()));
    expect(images.map((image) => image.naturalWidth)).toEqual([4, 4, 4, 4]);
    expect(images[0].alt).toContain('0.90');
  });

  /** A run of two pictures with these scores. */
  const generated = async (...scores: number[]) => {
    await prompt.fill('a face');
    await page.getByRole('combobox', { name: 'How many pictures' }).selectOptions(String(scores.length));
    await generate.click();
    const run = engine.runs.at(-1)!;
    for (const [c, score] of scores.entries()) run.onEvent(imageEvent(c, score));
    run.resolve({ cancelled: false });
    await expect.element(page.getByRole('button', { name: 'Use these settings' }).first()).toBeVisible();
  };

  it('calls the best of a run a match only where its score is one', async () => {
    engine.opens[0].resolve({ manifest: { ...microManifest, matchScore: 0.5 }, device: onWasm });
    await expect.element(generate).toBeEnabled();
    await generated(0.49, 0.3);
    expect(page.getByText('Best match').elements()).toHaveLength(0);
    await generated(0.5, 0.3);
    expect(page.getByText('Best match').elements()).toHaveLength(1);
  });

  it('shows with Advanced closed that a seed was taken up, and lets go of it', async () => {
    await open();
    await generated(0.5);
    await expect.element(page.getByRole('article')).toHaveTextContent('Micro ·');
    await page.getByRole('button', { name: 'Use this seed of picture 1' }).click();
    await expect.element(page.getByRole('button', { name: 'Seed in use of picture 1' })).toBeVisible();
    await expect.element(page.getByText('Next seed: 42')).toBeVisible();
    await page.getByRole('button', { name: 'Use a new one' }).click();
    expect(page.getByText('Next seed:').elements()).toHaveLength(0);
  });

  /** A picture of this page with its recipe, as it was downloaded. */
  const pngOf = async (recipe: Recipe) =>
    new File([await encodePng(grey(1), recipeTexts(recipe, microManifest, 0.5))], 'hat.png', {
      type: 'image/png',
    });
  const hat: Recipe = {
    ...microRecipe,
    condition: { kind: 'text', text: 'a hat' },
    avoid: { kind: 'text', text: 'a beard' },
    steps: 7,
  };
  const openedPicture = page.getByRole('region', { name: 'Opened picture' });

  it('opens a picture into the form, and makes it again', async () => {
    await open();
    await userEvent.upload(document.querySelector('input[type=file][accept="image/*"]')!, await pngOf(hat));
    await expect
      .element(openedPicture)
      .toHaveTextContent('Filled in from “hat.png”: 7 steps · guidance 1.15');
    await expect.element(prompt).toHaveValue('a hat');
    expect(engine.runs).toHaveLength(0);
    await page.getByRole('button', { name: 'Make it again' }).click();
    expect(engine.runs[0].recipes).toEqual([hat]);
    expect(openedPicture.elements()).toHaveLength(0);
    await expect.element(page.getByRole('article')).toHaveTextContent('avoiding “a beard”');
  });

  it('takes a picture that is dropped, keeps all but its seed, and leaves the models alone', async () => {
    await open();
    await page.getByRole('button', { name: 'Models' }).click();
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(await pngOf(hat));
    const drop = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
    expect(document.body.dispatchEvent(drop)).toBe(false);
    await expect.element(openedPicture).toBeVisible();
    expect(document.querySelector('dialog:modal')).toBeNull();
    await expect.element(page.getByText('Next seed: 42')).toBeVisible();
    await page.getByRole('button', { name: 'All but the seed' }).click();
    expect(page.getByText('Next seed:').elements()).toHaveLength(0);
    await expect.element(prompt).toHaveValue('a hat');
  });

  it('says why a picture cannot be made again, and what can be done', async () => {
    await open();
    const portrait = { ...hat, model: { id: 'portraits', fingerprint: null } };
    await userEvent.upload(
      document.querySelector('input[type=file][accept="image/*"]')!,
      await pngOf(portrait),
    );
    await expect.element(openedPicture).toHaveTextContent('This recipe is for the model “portraits”');
    expect(page.getByRole('button', { name: 'Make it again' }).elements()).toHaveLength(0);
    await page.getByRole('button', { name: 'Open Portraits' }).click();
    expect(engine.opens[1].packUrl).toMatch(/models\/portraits\/$/);
  });

  it('says in an alert what a file without a recipe is, with nothing to try again', async () => {
    await open();
    const photo = new File(['photo'], 'photo.jpg', { type: 'image/jpeg' });
    await userEvent.upload(document.querySelector('input[type=file][accept="image/*"]')!, photo);
    await expect.element(page.getByRole('alert')).toHaveTextContent('PNG');
    expect(page.getByRole('button', { name: 'Try again' }).elements()).toHaveLength(0);
    await page.getByRole('button', { name: 'Dismiss' }).click();
  });

  it('copies a link to a picture', async () => {
    await open();
    await generated(0.5);
    await page.getByRole('button', { name: 'Copy link of picture 1' }).click();
    await expect.element(page.getByRole('button', { name: 'Link copied of picture 1' })).toBeVisible();
    const recipe = readRecipeFragment(new URL(copied[0]).hash);
    expect(recipe).toEqual(engine.runs[0].recipes[0]);
  });

  it('counts the pictures of a prompt with choices, and avoids what is written', async () => {
    await open();
    await prompt.fill('a {red|blue|green} hat');
    await expect.element(page.getByText('3 prompts × 4 = 12 pictures.')).toBeVisible();
    await page.getByText('Advanced', { exact: true }).click();
    const avoid = page.getByRole('textbox', { name: 'Avoid' });
    await avoid.fill('a beard');
    await page.getByRole('slider', { name: 'Guidance' }).fill('1');
    await expect.element(avoid).toHaveAccessibleDescription('Has no effect while guidance is off (1).');
    await page.getByRole('slider', { name: 'Guidance' }).fill('2');
    await expect.element(avoid).toHaveAccessibleDescription('What the pictures should not show');
    await generate.click();
    expect(engine.runs[0].recipes).toHaveLength(12);
    expect(engine.runs[0].recipes[11]).toMatchObject({
      condition: { text: 'a green hat' },
      avoid: { text: 'a beard' },
    });
  });

  it('names words that the model never learned, once the typing pauses', async () => {
    const vocabulary = { words: ['a', 'face', 'beard'] };
    engine.opens[0].resolve({ manifest: { ...microManifest, vocabulary }, device: onWasm });
    await expect.element(generate).toBeEnabled();
    await prompt.fill('a face with beards');
    await prompt.fill('a face of a zebra with beards');
    const sentence =
      'This model hasn’t learned “zebra”: it may do little, or stand for a word that it knows.';
    expect(page.getByText(sentence).elements()).toHaveLength(0);
    await expect.element(page.getByText(sentence)).toBeVisible();
    await expect.element(prompt).toHaveAccessibleDescription(sentence);
    await prompt.fill('a face');
    await expect.poll(() => page.getByText(sentence).elements()).toHaveLength(0);
  });

  it('reads a prompt in the direction of its own script', async () => {
    await open();
    await prompt.fill('وجه امرأة');
    await generate.click();
    expect(getComputedStyle(prompt.element()).direction).toBe('rtl');
    expect(getComputedStyle(document.querySelector('.run h3')!).direction).toBe('rtl');
  });

  it('keeps what was seen of a cancelled run', async () => {
    await open();
    await prompt.fill('a face');
    await generate.click();
    engine.runs[0].onEvent(stepEvent(3, 10, 0, 4));
    await cancel.click();
    engine.runs[0].resolve({ cancelled: true });
    await expect.element(page.getByText('stopped at step 3 of 10')).toBeVisible();
    await expect.element(page.getByRole('img', { name: 'Picture 1, unfinished' })).toBeVisible();
  });

  it('offers the built-in models without storage, and says what is missing', async () => {
    await open();
    await page.getByRole('button', { name: 'Models' }).click();
    await expect.element(page.getByText('There is no storage here.')).toBeVisible();
    await page.getByRole('button', { name: 'Use Portraits' }).click();
    expect(engine.opens[1].packUrl).toMatch(/models\/portraits\/$/);
  });

  it('says what failed and offers the ways out', async () => {
    engine.opens[0].reject(new UserError('device', 'The GPU refuses to work.'));
    await expect.element(page.getByRole('alert')).toHaveTextContent('The GPU refuses to work.');
    await page.getByRole('button', { name: 'Use WASM instead' }).click();
    expect(engine.opens[1].provider).toBe('wasm');
    await open();
    await expect.element(page.getByRole('alert')).toHaveTextContent('');
  });
});

describe('the token painter', () => {
  it('covers masked cells, lights set ones up, and lets the picture beneath through', async () => {
    const canvas = document.body.appendChild(document.createElement('canvas'));
    const painter = createTokenPainter(canvas, 2, 2, 5);
    painter.resize(40, 40);
    const alphas = () =>
      [0, 1, 2, 3].map((cell) => {
        const x = ((cell % 2) + 0.5) * (canvas.width / 2);
        const y = (Math.floor(cell / 2) + 0.5) * (canvas.height / 2);
        return canvas.getContext('2d')!.getImageData(x, y, 1, 1).data[3];
      });
    expect(alphas()).toEqual([255, 255, 255, 255]);
    painter.update(Int32Array.of(3, 5, 5, 0) as ImageTokens, false);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(alphas()).toEqual([255, 255, 255, 255]);
    painter.update(Int32Array.of(3, 5, 5, 0) as ImageTokens, true);
    await expect.poll(alphas, { timeout: 5000 }).toEqual([0, 209, 209, 0]);
    painter.dispose();
    canvas.remove();
  });
});
