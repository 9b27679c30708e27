// Kept pictures on the page, in a real browser with an IndexedDB of its own.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { Gallery } from '../../src/gallery/gallery.ts';
import type { CopiedPicture } from '../../src/store/copyActions.ts';
import type { Condition } from '../../src/types.ts';
import { freshGallery } from '../support/kept.ts';
import { mountPage } from '../support/mountedPage.ts';
import { newPicture } from '../support/pictures.ts';

let mounted: Awaited<ReturnType<typeof mountPage>>;

/** The page, with pictures of an earlier visit: [prompt, seed, score]. */
async function pageWith(pictures: readonly (readonly [string, number, number])[]): Promise<Gallery> {
  const gallery = await freshGallery();
  for (const [prompt, seed, score] of pictures) await gallery.keep(await newPicture(prompt, seed, score));
  mounted = await mountPage(undefined, undefined, Promise.resolve(gallery));
  return gallery;
}

const section = page.getByRole('region', { name: 'Earlier pictures' });
const prompts = () => [...document.querySelectorAll('.kept-prompt')].map(({ textContent }) => textContent);
const box = (name: string) => section.getByRole('checkbox', { name: `Select “${name}”` });
const bar = page.getByRole('region', { name: 'Selected pictures' });
const faces = [
  ['a man with a beard', 1, 0.5],
  ['red hair', 2, 0.9],
  ['a Béret', 3, 0.1],
] as const;

describe('kept pictures', () => {
  beforeEach(() => page.viewport(1280, 900));
  afterEach(() => mounted.unmount());

  it('are shown newest first, found by their words, and best first where that is asked', async () => {
    await pageWith(faces);
    await expect.poll(prompts).toEqual(['a Béret', 'red hair', 'a man with a beard']);
    await expect.element(section.getByRole('img', { name: '“red hair”, seed 2' })).toBeVisible();
    await section.getByRole('button', { name: 'Best first' }).click();
    await expect.poll(prompts).toEqual(['red hair', 'a man with a beard', 'a Béret']);
    await section.getByRole('searchbox').fill('be');
    await expect.poll(prompts).toEqual(['a man with a beard', 'a Béret']);
    await expect.element(section.getByText('2 of 3 pictures')).toBeVisible();
  });

  it('can be favourites, and those alone be shown and downloaded', async () => {
    const gallery = await pageWith(faces);
    const star = section.getByRole('button', { name: 'Favourite: “red hair”' });
    await star.click();
    await expect.element(star).toHaveAttribute('aria-pressed', 'true');
    expect(gallery.list().filter(({ favourite }) => favourite)).toMatchObject([{ seed: 2 }]);
    await section.getByRole('button', { name: 'Favourites', exact: true }).click();
    await expect.poll(prompts).toEqual(['red hair']);
    await section.getByRole('button', { name: 'Download all' }).click();
    await expect.poll(() => mounted.saved.map(({ name }) => name)).toEqual(['pictures.zip']);
    const zip = await mounted.saved[0].file.text();
    expect(zip).toContain('red-hair_2.png');
    expect(zip).not.toContain('beard');
  });

  it('are deleted one after the other, and all come back', async () => {
    const gallery = await pageWith(faces);
    await section.getByRole('button', { name: 'Delete: “red hair”' }).click();
    await expect.poll(prompts).toEqual(['a Béret', 'a man with a beard']);
    // The focus goes on with the next one.
    await expect.element(section.getByRole('button', { name: 'Delete: “a man' })).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    await expect.poll(prompts).toEqual(['a Béret']);
    await section.getByRole('button', { name: 'Delete: “a Béret”' }).click();
    await expect.poll(() => gallery.list()).toEqual([]);
    await expect.element(page.getByText('3 pictures deleted')).toBeVisible();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(prompts).toEqual(['a Béret', 'red hair', 'a man with a beard']);
    expect(page.getByRole('button', { name: 'Undo' }).query()).toBeNull();
  });

  describe('of a film', () => {
    const ends = ['a girl', 'a girl → a boy', 'a boy'];
    const film = 'film “a girl → a boy”';
    const image = () => document.querySelector<HTMLImageElement>(`img[alt="${film}"]`);

    async function pageWithFilm(): Promise<Gallery> {
      const gallery = await pageWith([['red hair', 1, 0.5]]);
      for (const [frame, prompt] of ends.entries()) {
        const place = { id: 'f'.repeat(32), frame, frames: 3 };
        await gallery.keep({ ...(await newPicture(prompt, 10 + frame)), film: place });
      }
      await expect.poll(prompts).toEqual(['a girl → a boy', 'red hair']);
      return gallery;
    }

    it('are one tile that plays, opens its pictures, and is downloaded as one file', async () => {
      const gallery = await pageWithFilm();
      await expect.element(section.getByText('4 pictures')).toBeVisible();
      await expect.element(section.getByText('Film, 3 pictures')).toBeVisible();
      await expect.poll(() => image()?.src).toBeTruthy();
      const still = image()!.src;
      const play = section.getByRole('button', { name: `Play: ${film}` });
      await play.click();
      await expect.poll(() => image()?.src).not.toBe(still);
      const playing = image()!.src;
      const moving = await (await fetch(playing)).text();
      expect(moving).toContain('acTL');
      await image()!.decode();
      // Another picture comes: what plays goes on.
      await gallery.keep(await newPicture('a hat', 20));
      await expect.poll(prompts).toHaveLength(3);
      expect(image()!.src).toBe(playing);
      await play.click();
      await expect.poll(() => image()?.src).not.toBe(playing);
      await section.getByRole('button', { name: `Download: ${film}` }).click();
      await expect.poll(() => mounted.saved.map(({ name }) => name)).toEqual(['a-girl-a-boy_film_10.png']);
      expect(await mounted.saved[0].file.text()).toBe(moving);
      await section.getByRole('link', { name: film }).click();
      await expect.element(page.getByRole('dialog').getByText('1 of 3')).toBeVisible();
    });

    it('are chosen, made favourites and deleted together, and come back', async () => {
      const gallery = await pageWithFilm();
      await section.getByRole('checkbox', { name: `Select ${film}` }).click();
      await expect.element(bar.getByText('3 selected')).toBeVisible();
      await section.getByRole('button', { name: `Favourite: ${film}` }).click();
      await expect.poll(() => gallery.list().filter(({ favourite }) => favourite)).toHaveLength(3);
      await section.getByRole('button', { name: `Delete: ${film}` }).click();
      await expect.poll(prompts).toEqual(['red hair']);
      await expect.element(page.getByText('3 pictures deleted')).toBeVisible();
      await page.getByRole('button', { name: 'Undo' }).click();
      await expect.poll(prompts).toEqual(['a girl → a boy', 'red hair']);
    });

    it('that were stopped say how many there are; a single one is a picture', async () => {
      const gallery = await pageWithFilm();
      await gallery.remove([gallery.list()[0].id]);
      await expect.element(section.getByText('Film, 2 of 3 pictures')).toBeVisible();
      await gallery.remove([gallery.list()[0].id]);
      await expect.poll(prompts).toEqual(['a girl', 'red hair']);
      expect(section.getByRole('button', { name: /^Play/ }).query()).toBeNull();
    });
  });

  it('come back after a reload as well', async () => {
    const gallery = await pageWith(faces);
    await section.getByRole('button', { name: 'Delete: “red hair”' }).click();
    await expect.poll(prompts).toEqual(['a Béret', 'a man with a beard']);
    mounted.unmount();
    mounted = await mountPage(undefined, undefined, Promise.resolve(gallery));
    await expect.element(page.getByText('Picture deleted')).toBeVisible();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(prompts).toEqual(['a Béret', 'red hair', 'a man with a beard']);
  });

  it('give their settings, or their seed alone, to the form', async () => {
    await pageWith(faces);
    await section.getByRole('button', { name: /^Use seed 1$/ }).click();
    expect(mounted.store.getState().draft).toMatchObject({ prompt: '', seed: '1', seedLocked: true });
    await section.getByRole('button', { name: 'Use these settings: “a Béret”' }).click();
    await expect.element(mounted.prompt).toHaveValue('a Béret');
    expect(mounted.store.getState().draft).toMatchObject({ seed: '3', candidates: 1 });
    await expect.element(page.getByText(/^Filled in from “a-béret_3\.png”/)).toBeVisible();
  });

  it('are selected one by one and in a range, deleted together, and come back', async () => {
    const gallery = await pageWith(faces);
    await box('a Béret').click();
    await expect.element(bar.getByText('1 selected')).toBeVisible();
    await box('a man with a beard').click({ modifiers: ['Shift'] });
    await expect.element(bar.getByText('3 selected')).toBeVisible();
    await box('red hair').click();
    await expect.element(bar.getByText('2 selected')).toBeVisible();
    await bar.getByRole('button', { name: 'Favourite' }).click();
    await expect.poll(() => gallery.list().map(({ favourite }) => favourite)).toEqual([true, false, true]);
    await bar.getByRole('button', { name: 'Download' }).click();
    await expect.poll(() => mounted.saved.map(({ name }) => name)).toEqual(['pictures.zip']);
    expect(await mounted.saved[0].file.text()).not.toContain('red-hair');
    await bar.getByRole('button', { name: 'Delete' }).click();
    await expect.poll(prompts).toEqual(['red hair']);
    expect(bar.query()).toBeNull();
    await expect.element(page.getByRole('button', { name: 'Undo' })).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    await expect.poll(prompts).toEqual(['a Béret', 'red hair', 'a man with a beard']);
    expect(bar.query()).toBeNull();
  });

  it('are selected by keyboard; Esc ends it and leaves a run alone', async () => {
    await pageWith(faces);
    await mounted.prompt.fill('a hat');
    const { run, finish } = await mounted.start(1);
    await expect.element(box('red hair')).toBeInTheDocument();
    (box('red hair').element() as HTMLElement).focus();
    await userEvent.keyboard(' ');
    await expect.element(bar.getByText('1 selected')).toBeVisible();
    await bar.getByRole('button', { name: 'All' }).click();
    await expect.element(bar.getByText('3 selected')).toBeVisible();
    // What a search hides is not meant.
    await section.getByRole('searchbox').fill('a');
    await section.getByRole('searchbox').fill('beard');
    await expect.element(bar.getByText('1 selected')).toBeVisible();
    await section.getByRole('searchbox').fill('');
    (bar.getByRole('button', { name: 'Clear' }).element() as HTMLElement).focus();
    await userEvent.keyboard('{Escape}');
    await expect.element(box('red hair')).toHaveFocus();
    expect(bar.query()).toBeNull();
    expect(run.signal.aborted).toBe(false);
    await userEvent.keyboard('{Escape}');
    expect(run.signal.aborted).toBe(true);
    await finish();
  });

  it('are copied with what made them, and their words and seeds alone, without moving the focus', async () => {
    await pageWith(faces);
    const copy = section.getByRole('button', { name: 'Copy picture “red hair”' });
    await expect.element(copy).toBeVisible();
    (copy.element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(section.getByRole('button', { name: 'Picture copied “red hair”' })).toHaveFocus();
    expect(mounted.copied[0]).toMatchObject({ text: expect.stringMatching(/^red hair\nSteps: .* Seed: 2,/) });
    expect((mounted.copied[0] as CopiedPicture).png.type).toBe('image/png');
    await section.getByRole('link', { name: '“red hair”' }).click();
    const dialog = page.getByRole('dialog', { name: 'red hair' });
    for (const what of ['prompt', 'seed', 'link']) {
      await dialog.getByRole('button', { name: `Copy ${what}` }).click();
    }
    await expect.poll(() => mounted.copied.slice(1, 3)).toEqual(['red hair', '2']);
    await expect.poll(() => mounted.copied[3]).toMatch(/^http.*#/);
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  it('of a run are seen there, and below when the run is put away', async () => {
    const gallery = await pageWith(faces.slice(0, 1));
    await mounted.prompt.fill('a hat');
    const { finish } = await mounted.start(2);
    await finish();
    await expect.poll(() => gallery.list().length).toBe(3);
    expect(prompts()).toEqual(['a man with a beard']);
    await page.getByRole('button', { name: 'Move to earlier pictures' }).click();
    await expect.poll(prompts).toEqual(['a hat', 'a hat', 'a man with a beard']);
    expect(page.getByRole('article').query()).toBeNull();
  });

  it('open large by Enter; the arrow keys lead on, and the focus comes back', async () => {
    await pageWith(faces);
    const link = section.getByRole('link', { name: '“red hair”' });
    await expect.element(link).toBeVisible();
    (link.element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    const dialog = page.getByRole('dialog', { name: 'red hair' });
    await expect.element(dialog.getByRole('img', { name: '“red hair”, seed 2' })).toBeVisible();
    await expect.element(dialog.getByText(/seed 2$|seed 2 ·/)).toBeVisible();
    await expect.element(dialog.getByText('2 of 3')).toBeVisible();
    await userEvent.keyboard('{ArrowLeft}{ArrowLeft}');
    await expect.element(page.getByRole('dialog', { name: 'a Béret' }).getByText('1 of 3')).toBeVisible();
    await userEvent.keyboard('{ArrowRight}');
    // From a button that ends there.
    await page.getByRole('button', { name: 'Next' }).click();
    const last = page.getByRole('dialog', { name: 'a man with a beard' });
    await expect.element(last.getByText('3 of 3')).toBeVisible();
    await userEvent.keyboard('{ArrowLeft}{ArrowRight}');
    await expect.element(last.getByText('3 of 3')).toBeVisible();
    await last.getByLabelText('Show its pixels').click();
    const image = last.getByRole('img').element();
    expect(getComputedStyle(image).imageRendering).toBe('pixelated');
    await userEvent.keyboard('{Escape}');
    await expect.element(link).toHaveFocus();
    expect(page.getByRole('dialog').query()).toBeNull();
  });

  it('are varied where they are seen large, and others be made that look like them', async () => {
    const gallery = await freshGallery();
    const picture = await newPicture('red hair', 2, 0.9);
    await gallery.keep({
      ...picture,
      recipe: { ...picture.recipe, model: { id: 'micro', fingerprint: null } },
    });
    mounted = await mountPage(undefined, undefined, Promise.resolve(gallery));
    const link = section.getByRole('link', { name: '“red hair”' });
    const dialog = page.getByRole('dialog', { name: 'red hair' });
    await link.click();
    const ways = dialog.getByRole('group', { name: 'Make four more' });
    await ways.getByRole('button', { name: 'Vary clearly' }).click();
    await expect.poll(() => mounted.engine.runs.length).toBe(1);
    expect(dialog.query()).toBeNull();
    expect(mounted.engine.runs[0].recipes.map(({ start }) => start.kind)).toEqual(Array(4).fill('tokens'));
    await expect.element(page.getByRole('article', { name: 'red hair' })).toBeVisible();
    mounted.engine.runs[0].resolve({ cancelled: true });

    await link.click();
    await ways.getByRole('button', { name: 'More like this' }).click();
    await expect.poll(() => mounted.engine.embeds.length).toBe(1);
    mounted.engine.embeds[0].resolve(Float32Array.of(0, 1, 0, 0) as Condition);
    await expect.poll(() => mounted.engine.runs.length).toBe(2);
    expect(mounted.engine.runs[1].recipes.map(({ condition }) => condition.kind)).toEqual(
      Array(4).fill('embedding'),
    );
    await expect.element(page.getByRole('article', { name: 'Like a picture' })).toBeVisible();
  });

  it('are branched from a step chosen by keyboard, which leads to no other picture', async () => {
    const gallery = await freshGallery();
    const picture = await newPicture('red hair', 2, 0.9);
    const rows = Array.from({ length: 10 }, (_, i) => Int32Array.of(0, i > 3 ? 4 : 5, 5, 5));
    await gallery.keep({
      ...picture,
      recipe: { ...picture.recipe, model: { id: 'micro', fingerprint: null } },
      steps: { mask: 5, rows },
    });
    await gallery.keep(await newPicture('a hat', 3, 0.9));
    mounted = await mountPage(undefined, undefined, Promise.resolve(gallery));
    await section.getByRole('link', { name: '“red hair”' }).click();
    const dialog = page.getByRole('dialog', { name: 'red hair' });
    const slider = dialog.getByRole('slider', { name: 'Step' });
    // After its last step there is no way on.
    await expect.element(dialog.getByText('Step 10 of 10: 2 of 4 tokens set')).toBeVisible();
    await expect.element(dialog.getByRole('button', { name: 'Branch from here' })).toBeDisabled();
    (slider.element() as HTMLElement).focus();
    await userEvent.keyboard('{Home}{ArrowRight}{ArrowRight}');
    await expect.element(dialog.getByText('Step 3 of 10: 1 of 4 tokens set')).toBeVisible();
    await dialog.getByRole('button', { name: 'Branch from here' }).click();
    await expect.poll(() => mounted.engine.runs.length).toBe(1);
    expect(mounted.engine.runs[0].recipes.map(({ start }) => start)).toEqual(
      Array(4).fill({ kind: 'tokens', tokens: [0, 5, 5, 5], free: 'Dw==', timestep: 69 }),
    );
  });

  it('say in place why others cannot come of them', async () => {
    const gallery = await freshGallery();
    await gallery.keep({ ...(await newPicture('red hair', 2, 0.9)), steps: null });
    mounted = await mountPage(undefined, undefined, Promise.resolve(gallery));
    await section.getByRole('link', { name: '“red hair”' }).click();
    const dialog = page.getByRole('dialog', { name: 'red hair' });
    await dialog.getByRole('button', { name: 'Vary subtly' }).click();
    await expect.element(dialog.getByRole('alert')).toHaveTextContent('kept without its tokens');
  });

  it('of a run are deleted from it where they are seen large, and come back below', async () => {
    const gallery = await pageWith([]);
    await mounted.prompt.fill('a hat');
    const { finish } = await mounted.start(2);
    await finish();
    await expect.poll(() => gallery.list().length).toBe(2);
    const best = page.getByRole('link', { name: 'CLIP score 0.20' });
    await best.click();
    const dialog = page.getByRole('dialog', { name: 'a hat' });
    await expect.element(dialog.getByText('1 of 2')).toBeVisible();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await expect.element(dialog.getByText('1 of 1')).toBeVisible();
    await expect.poll(() => mounted.store.getState().runs[0].candidates.length).toBe(1);
    await dialog.getByRole('button', { name: 'Undo' }).click();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await expect.poll(prompts).toEqual(['a hat']);
  });

  it('of a large gallery are in the document where one looks, and nothing moves', async () => {
    const hats = Array.from({ length: 300 }, (_, i) => [`hat ${i}`, i, 0.5] as const);
    await pageWith(hats);
    await expect.element(section.getByRole('img').first()).toBeVisible();
    const list = document.querySelector('.kept-tiles')!;
    const names = () => [...list.querySelectorAll('.kept-prompt')].map(({ textContent }) => textContent);
    expect(list.children.length).toBeLessThan(100);
    expect(list.children[0].getAttribute('aria-setsize')).toBe('300');
    const { height } = list.getBoundingClientRect();
    for (const share of [0.5, 1, 0.25]) {
      scrollTo(0, share * document.documentElement.scrollHeight);
      const middle = () => document.elementFromPoint(list.getBoundingClientRect().left + 40, innerHeight / 2);
      await expect.poll(() => middle()?.closest('li')).toBeTruthy();
      expect(list.getBoundingClientRect().height).toBeCloseTo(height, 0);
      expect(list.children.length).toBeLessThan(100);
    }
    scrollTo(0, document.documentElement.scrollHeight);
    await expect.element(section.getByRole('img', { name: '“hat 0”, seed 0' })).toBeVisible();
    expect(names()).not.toContain('hat 299');
    await section.getByRole('searchbox').fill('hat 29');
    await expect.poll(() => names().length).toBe(13);
    await expect.element(section.getByRole('img', { name: '“hat 299”' })).toBeVisible();
  });
});
