// What the form does for one who writes: earlier prompts, numbers, ideas.
import axe from 'axe-core';
import { afterEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { mountPage } from '../support/mountedPage.ts';
import { microManifest } from '../support/page.ts';

let mounted: Awaited<ReturnType<typeof mountPage>>;
afterEach(() => mounted.unmount());

describe('earlier prompts', () => {
  it('come back with Alt and the arrows, and what was being written with them', async () => {
    mounted = await mountPage(undefined, (store) => store.setState({ prompts: ['kept from before'] }));
    const { prompt, start } = mounted;
    await prompt.fill('a first face');
    await (await start(1)).finish();
    await prompt.fill('half');
    const walk = async (key: string, found: string) => {
      await userEvent.keyboard(`{Alt>}{${key}}{/Alt}`);
      await expect.element(prompt).toHaveValue(found);
    };
    await walk('ArrowUp', 'a first face');
    await walk('ArrowUp', 'kept from before');
    await walk('ArrowUp', 'kept from before');
    await walk('ArrowDown', 'a first face');
    await walk('ArrowDown', 'half');
    await walk('ArrowUp', 'a first face');
    // Typing makes it one's own, and a new walk begins from there.
    await userEvent.keyboard('!');
    await walk('ArrowUp', 'a first face');
    await walk('ArrowDown', 'a first face!');
    await userEvent.keyboard('{ArrowUp}');
    await expect.element(prompt).toHaveValue('a first face!');
  });
});

describe('a number beside a slider', () => {
  const number = (name: string) => page.getByRole('spinbutton', { name });
  const slider = (name: string) => page.getByRole('slider', { name });
  const field = (name: string) => number(name).element() as HTMLInputElement;

  it('follows the slider, and is followed while it is typed', async () => {
    mounted = await mountPage();
    await expect.element(number('Steps')).toHaveValue(10);
    await slider('Steps').fill('25');
    await expect.element(number('Steps')).toHaveValue(25);
    await number('Steps').fill('4');
    await expect.element(slider('Steps')).toHaveValue('4');
    await number('Steps').fill('47');
    await expect.element(slider('Steps')).toHaveValue('47');
  });

  it('is brought within its bounds when it is left, and to what was there when it is none', async () => {
    mounted = await mountPage();
    await number('Steps').fill('1000');
    await expect.element(slider('Steps')).toHaveValue('10');
    await userEvent.tab();
    await expect.element(slider('Steps')).toHaveValue('100');
    expect(field('Steps').value).toBe('100');
    await number('Steps').fill('');
    await userEvent.tab();
    expect(field('Steps').value).toBe('100');
    await number('Steps').fill('7.6');
    await userEvent.tab();
    expect(field('Steps').value).toBe('8');
    expect(mounted.store.getState().draft.steps).toBe(8);
  });

  it('counts when Enter runs the form', async () => {
    mounted = await mountPage();
    await mounted.prompt.fill('a face');
    await number('Steps').fill('500');
    await userEvent.keyboard('{Enter}');
    await expect.poll(() => mounted.engine.runs.length).toBe(1);
    expect(mounted.engine.runs[0].recipes[0].steps).toBe(100);
  });

  it('goes by its own step with the arrow keys, and asks a phone for digits', async () => {
    mounted = await mountPage();
    await page.getByText('Advanced', { exact: true }).click();
    expect(field('Guidance').value).toBe('1.15');
    await number('Guidance').click();
    await userEvent.keyboard('{ArrowUp}');
    await expect.element(slider('Guidance')).toHaveValue('1.2');
    await userEvent.tab();
    expect(field('Guidance').value).toBe('1.20');
    await number('Truncation').fill('1');
    await expect.element(slider('Truncation')).toHaveAttribute('aria-valuetext', 'off');
    await number('Truncation').fill('.5');
    expect(mounted.store.getState().draft.truncation).toEqual({ kind: 'topR', r: 0.5 });
    expect([field('Steps').inputMode, field('Guidance').inputMode]).toEqual(['numeric', 'decimal']);
  });

  it('is empty where the model keeps a number of codes instead', async () => {
    const defaults = { ...microManifest.defaults, truncation: { kind: 'topK', k: 3 } } as const;
    mounted = await mountPage({ ...microManifest, defaults });
    await page.getByText('Advanced', { exact: true }).click();
    expect(field('Truncation').value).toBe('');
    await expect.element(page.getByText('top 3 codes')).toBeVisible();
    await number('Truncation').click();
    await userEvent.tab();
    expect(mounted.store.getState().draft.truncation).toEqual(defaults.truncation);
  });
});

describe('ideas', () => {
  const vocabulary = {
    words: ['a'],
    groups: [
      { name: 'person', phrases: ['a woman', 'a man'] },
      { name: 'hat', phrases: ['a red hat', 'a blue hat'] },
      { name: 'glasses', phrases: ['round glasses'] },
    ],
  };
  const ideas = page.getByRole('button', { name: 'Ideas' });
  const tab = (name: string) => page.getByRole('tab', { name });
  const chip = (name: string) => page.getByRole('button', { name, exact: true });

  it('build a prompt by clicks, one of each group, and take it apart', async () => {
    mounted = await mountPage({ ...microManifest, vocabulary });
    const { prompt } = mounted;
    await expect.element(ideas).toHaveAttribute('aria-expanded', 'false');
    expect(page.getByRole('tab').elements()).toHaveLength(0);
    await ideas.click();
    await tab('hat').click();
    await chip('a red hat').click();
    await expect.element(prompt).toHaveValue('a red hat');
    await tab('person').click();
    await chip('a man').click();
    await expect.element(prompt).toHaveValue('a man, a red hat');
    await expect.element(chip('a man')).toHaveAttribute('aria-pressed', 'true');
    await chip('a woman').click();
    await expect.element(prompt).toHaveValue('a woman, a red hat');
    await expect.element(chip('a man')).toHaveAttribute('aria-pressed', 'false');
    await expect.element(page.getByRole('tab', { name: /^hat.*in your prompt$/ })).toBeVisible();
    await chip('a woman').click();
    await expect.element(prompt).toHaveValue('a red hat');
    await prompt.fill('An old MAN, a MAN');
    await expect.element(chip('a man')).toHaveAttribute('aria-pressed', 'true');
  });

  it('are walked through with the keyboard: one stop for the groups, arrows among them', async () => {
    mounted = await mountPage({ ...microManifest, vocabulary });
    await mounted.prompt.click();
    await userEvent.tab();
    await expect.element(ideas).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    await userEvent.tab();
    await expect.element(tab('person')).toHaveFocus();
    await userEvent.keyboard('{ArrowLeft}');
    await expect.element(tab('glasses')).toHaveFocus();
    await expect.element(tab('glasses')).toHaveAttribute('aria-selected', 'true');
    await userEvent.keyboard('{Home}{ArrowRight}');
    await expect.element(tab('hat')).toHaveFocus();
    await userEvent.tab();
    await expect.element(chip('a red hat')).toHaveFocus();
    await userEvent.keyboard(' ');
    await expect.element(mounted.prompt).toHaveValue('a red hat');
    await expect.element(chip('a red hat')).toHaveFocus();
    await expect.element(page.getByRole('tabpanel', { name: 'hat' })).toBeVisible();
  });

  it('are not offered by a model that names none', async () => {
    mounted = await mountPage({ ...microManifest, vocabulary: { words: ['a'] } });
    expect(ideas.elements()).toHaveLength(0);
  });
});

describe('the list of keys', () => {
  const dialog = page.getByRole('dialog', { name: 'Keys' });

  it('opens by "?" where nobody is typing, and only there', async () => {
    mounted = await mountPage();
    await mounted.prompt.click();
    await userEvent.keyboard('?');
    await expect.element(mounted.prompt).toHaveValue('?');
    await page.getByRole('spinbutton', { name: 'Steps' }).click();
    await userEvent.keyboard('?');
    await page.getByRole('combobox', { name: 'How many pictures' }).element().focus();
    await userEvent.keyboard('?');
    expect(dialog.elements()).toHaveLength(0);
    (page.getByRole('slider', { name: 'Steps' }).element() as HTMLElement).focus();
    await userEvent.keyboard('?');
    await expect.element(dialog).toBeVisible();
    await expect.element(page.getByRole('heading', { name: 'Keys' })).toHaveFocus();
    await userEvent.keyboard('?');
    await userEvent.keyboard('{Escape}');
    expect(dialog.elements()).toHaveLength(0);
    await expect.element(page.getByRole('slider', { name: 'Steps' })).toHaveFocus();
  });

  it('opens by its button, and does not lie over another dialog', async () => {
    mounted = await mountPage();
    await page.getByRole('button', { name: 'About this model' }).click();
    await userEvent.keyboard('?');
    expect(dialog.elements()).toHaveLength(0);
    await userEvent.keyboard('{Escape}');
    await page.getByRole('button', { name: 'Keys' }).click();
    await expect
      .element(dialog)
      .toHaveTextContent('Alt↑Alt↓In the prompt: an earlier prompt, and back to yours');
  });
});

describe('a prompt that CLIP did not read to its end', () => {
  it('has the rest struck out where it stands, until it is changed', async () => {
    mounted = await mountPage();
    const { prompt, start } = mounted;
    const words = `${'a hat, '.repeat(60)}and the end`;
    await prompt.fill(words);
    const { run } = await start(1);
    const read = words.length - 'and the end'.length - 1;
    run.onEvent({
      type: 'encoded',
      index: 0,
      what: 'prompt',
      tokenCount: 80,
      tokenLimit: 77,
      truncated: true,
      read,
    });
    await expect
      .element(prompt)
      .toHaveAccessibleDescription(/CLIP reads 77 tokens, so the last 3, struck out, were left out/);
    const mark = document.querySelector('mark')!;
    expect(mark.textContent).toBe('and the end');
    // Word upon word: as large as the field's own text, and scrolled with it.
    const field = prompt.element() as HTMLTextAreaElement;
    const copy = mark.parentElement!;
    expect(field.scrollHeight).toBeGreaterThan(field.clientHeight);
    expect([copy.clientWidth, copy.clientHeight, copy.scrollHeight]).toEqual([
      field.clientWidth,
      field.clientHeight,
      field.scrollHeight,
    ]);
    field.scrollTop = 40;
    await expect.poll(() => copy.scrollTop).toBe(40);
    await prompt.fill('short');
    await expect.poll(() => document.querySelector('mark')).toBeNull();
  });
});

describe('accessibility', () => {
  afterEach(() => page.viewport(414, 896));

  it.each([
    ['wide', 1440, 900],
    ['small', 1024, 768],
    ['phone', 390, 844],
  ])('holds with everything open: %s', async (_, width, height) => {
    await page.viewport(width, height);
    const vocabulary = { words: ['a'], groups: [{ name: 'person', phrases: ['a woman', 'a man'] }] };
    mounted = await mountPage({ ...microManifest, vocabulary });
    const { prompt, start } = mounted;
    const violations = async () =>
      (
        await axe.run({
          rules: { 'document-title': { enabled: false }, 'html-has-lang': { enabled: false } },
        })
      ).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
    await page.getByRole('button', { name: 'Ideas' }).click();
    await page.getByRole('button', { name: 'a man', exact: true }).click();
    await page.getByText('Advanced', { exact: true }).click();
    await expect.element(prompt).toHaveValue('a man');
    const { run } = await start(2);
    run.onEvent({
      type: 'encoded',
      index: 0,
      what: 'prompt',
      tokenCount: 80,
      tokenLimit: 77,
      truncated: true,
      read: 1,
    });
    await expect.poll(() => document.querySelector('mark')?.textContent).toBe('man');
    expect(await violations()).toEqual([]);
    mounted.actions.cancel();
    run.resolve({ cancelled: true });
    await expect.element(mounted.generate).toBeEnabled();
    (page.getByRole('slider', { name: 'Steps' }).element() as HTMLElement).focus();
    await userEvent.keyboard('?');
    await expect.element(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
    expect(await violations()).toEqual([]);
  });
});
