// The page's components in a real browser, with a stand-in for the engine.
import { createElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { UserError } from '../../src/errors.ts';
import { createActions } from '../../src/store/actions.ts';
import { createAppStore } from '../../src/store/store.ts';
import type { ImageTokens } from '../../src/types.ts';
import { App } from '../../src/ui/App.tsx';
import { AppContext } from '../../src/ui/context.ts';
import { createTokenPainter } from '../../src/ui/tokenPainter.ts';
import '../../src/ui/styles/base.css';
import '../../src/ui/styles/controls.css';
import '../../src/ui/styles/gallery.css';
import {
  imageEvent,
  microManifest,
  modelsWithoutStorage,
  onWasm,
  standInClient,
  stepEvent,
} from '../support/page.ts';

describe('the page', () => {
  let root: Root;
  let engine: ReturnType<typeof standInClient>;
  const generate = page.getByRole('button', { name: 'Generate' });
  const cancel = page.getByRole('button', { name: 'Cancel' });
  const prompt = page.getByRole('textbox', { name: 'Prompt' });

  beforeEach(async () => {
    const store = createAppStore();
    engine = standInClient();
    const actions = createActions(store, {
      client: engine.client,
      randomSeed: () => 42,
      now: () => performance.now(),
      save: () => {},
      painted: async () => {},
      base: location.href,
    });
    actions.rollSeed();
    const models = modelsWithoutStorage();
    const host = document.body.appendChild(document.createElement('div'));
    root = createRoot(host);
    root.render(createElement(AppContext, { value: { store, actions, models } }, createElement(App)));
    void actions.openPack('models/toon/', 'auto');
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

  it('is worked from the keyboard: Ctrl+Enter generates, Escape cancels', async () => {
    await open();
    await prompt.fill('a face');
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await expect.element(cancel).toBeVisible();
    expect(engine.runs[0].settings.prompt).toBe('a face');
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
    expect(engine.runs[0].settings.prompt).toBe('a smiling woman');
  });

  it('opens what is known of the model at its beginning', async () => {
    const provenance = Array.from({ length: 60 }, (_, line) => `Line ${line} of a long story.`);
    engine.opens[0].resolve({ manifest: { ...microManifest, provenance }, device: onWasm });
    const about = page.getByRole('button', { name: 'About this model' });
    await about.click();
    await expect.element(page.getByRole('heading', { name: 'Micro' })).toHaveFocus();
    const dialog = document.querySelector('dialog')!;
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
    await expect.element(page.getByText('found “12x”')).toBeVisible();
  });

  it('shows pictures as PNGs of their real size, the best first', async () => {
    await open();
    await prompt.fill('a face');
    await generate.click();
    engine.runs[0].onEvent(stepEvent(3, 10, 0, 4));
    await expect.element(page.getByText('step 3 of 10')).toBeVisible();
    await expect.element(page.getByText('4 of 4 tokens set').first()).toBeVisible();
    for (const [c, score] of [0.2, 0.9, 0.5, 0.4].entries()) {
      engine.runs[0].onEvent(imageEvent(c, 42 + c, score));
    }
    engine.runs[0].resolve({ cancelled: false });
    await expect.element(page.getByText('Best match')).toBeVisible();
    await expect.poll(() => document.querySelectorAll('img').length).toBe(4);
    const images = [...document.querySelectorAll('img')];
    await Promise.all(images.map((image) => image.decode()));
    expect(images.map((image) => image.naturalWidth)).toEqual([4, 4, 4, 4]);
    expect(images[0].alt).toContain('0.90');
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
