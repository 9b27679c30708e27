// What the page keeps of its form, its address, and texts that are pasted or typed, by the thousand; see test/support/fuzz.ts.
import { expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { readAxis } from '../../src/recipe/axis.ts';
import { readParameters } from '../../src/recipe/parameters.ts';
import { countPrompts, expandPrompt } from '../../src/recipe/wildcards.ts';
import { packAddress, readWish } from '../../src/store/address.ts';
import { parseDraft, withinModel } from '../../src/store/keptDraft.ts';
import { mostCharacters, mostPrompts, parsePrompts } from '../../src/store/promptHistory.ts';
import { findComplaint } from '../../src/store/settings.ts';
import { createAppStore } from '../../src/store/store.ts';
import { type Dice, fuzz, mutated, oddText } from '../support/fuzz.ts';
import { microManifest } from '../support/page.ts';

const initialDraft = createAppStore().getState().draft;
const jsonOf = (value: unknown) => JSON.stringify(value) ?? '';

test('a kept form is believed as far as the page can stand it', async () => {
  let believed = 0;
  await fuzz((dice) => {
    const kept = { schema: 1, tunedFor: 'models/micro/', draft: initialDraft };
    const text = jsonOf(mutated(kept, dice, 1000));
    const found = parseDraft(dice.below(9) ? text : text.slice(dice.below(text.length)));
    if (!found) return;
    believed++;
    const draft = withinModel({ ...initialDraft, ...found.draft }, microManifest);
    // Whatever is in it, there is a sentence or a run.
    findComplaint(draft);
    expect(draft.prompt.length).toBeLessThanOrEqual(mostCharacters);
    expect(draft.steps).toBeLessThanOrEqual(microManifest.timesteps);
  });
  expect(believed).toBeGreaterThan(20);
});

test('kept prompts are texts of a length that can be shown', async () => {
  await fuzz((dice) => {
    const prompts = Array.from({ length: dice.size(300) }, () =>
      oddText(dice, dice.pick([20, 20, 20, 20_000])),
    );
    const kept = parsePrompts(jsonOf(mutated({ schema: 1, prompts }, dice, 1000)));
    expect(kept.length).toBeLessThanOrEqual(mostPrompts);
    expect(new Set(kept).size).toBe(kept.length);
    for (const prompt of kept) expect(prompt.length).toBeLessThanOrEqual(mostCharacters);
  });
});

test('an address asks for a folder of the web, or is refused in a sentence', async () => {
  const { taken } = await fuzz((dice) => {
    const piece = () =>
      dice.pick([
        'https://',
        'http://',
        'javascript:',
        'data:',
        'own:',
        'huggingface.co',
        '/',
        '..',
        '?',
        '#',
        '@',
        ':',
      ]);
    const pack = Array.from({ length: dice.below(8) }, () =>
      dice.below(2) ? piece() : oddText(dice, dice.pick([5, 5, 5, 5000])),
    ).join('');
    const wish = readWish(
      `?${dice.pick(['', 'device=wasm&'])}pack=${dice.below(2) ? encodeURIComponent(pack.toWellFormed()) : pack}`,
    );
    try {
      const address = packAddress(wish.pack, 'https://example.org/app/');
      if (address.startsWith('own:')) return;
      expect(new URL(address).protocol).toMatch(/^https?:$/);
      expect(new URL(address).pathname.endsWith('/')).toBe(true);
    } catch (error) {
      throw asSettings(error);
    }
  });
  expect(taken).toBeGreaterThan(50);
});

/** Refused addresses are not among the faults of files. */
function asSettings(error: unknown): unknown {
  return error instanceof UserError && error.code === 'pack-missing'
    ? new UserError('settings', error.message)
    : error;
}

test('pasted settings give a prompt, or nothing', async () => {
  let found = 0;
  await fuzz((dice) => {
    const line = () =>
      dice.pick([
        'Steps: 20',
        'CFG scale: 7',
        'Seed: 1',
        'Size: 1x1',
        'Negative prompt: fog',
        '"a, b"',
        '\\"',
        ',',
        ':',
        '\n',
      ]);
    const text = Array.from({ length: 1 + dice.size(400) }, () =>
      dice.below(6) ? line() : oddText(dice, dice.pick([9, 9, 70_000])),
    ).join(dice.pick([', ', '\n', '']));
    const settings = readParameters(text);
    if (!settings) return;
    found++;
    const { prompt, seed = 0, steps = 1, guidance = 0 } = settings;
    expect(prompt.trim().length).toBeGreaterThan(0);
    expect([seed, steps, guidance].every((value) => value >= 0 && value < 2 ** 32)).toBe(true);
  });
  expect(found).toBeGreaterThan(20);
});

const choices = (dice: Dice) =>
  Array.from({ length: 1 + dice.size(2000) }, () =>
    dice.pick(['{', '{', '{?', '|', '}', '}', '\\', 'red', ' ']),
  ).join('');

test('choices in a prompt are counted before they are written, and are as many', async () => {
  const { taken } = await fuzz((dice) => {
    const prompt = dice.below(4) ? choices(dice) : '{a|b}'.repeat(dice.size(9000)) + oddText(dice, 4000);
    const count = countPrompts(prompt);
    expect(count).toBeGreaterThanOrEqual(1);
    const prompts = expandPrompt(prompt, dice.below(2 ** 32), 64);
    expect(prompts).toHaveLength(count);
  });
  expect(taken).toBeGreaterThan(50);
});

test('an axis is values within its bounds, or is refused in a sentence', async () => {
  const { taken } = await fuzz((dice) => {
    const piece = () =>
      dice.pick([
        '1',
        '25',
        '0.5',
        '-',
        ',',
        ' ',
        '(+2)',
        '[3]',
        '(+0)',
        '1e9',
        '"',
        'off',
        'red',
        '99999999999',
      ]);
    const text = dice.below(8)
      ? Array.from({ length: 1 + dice.below(9) }, piece).join('')
      : oddText(dice, 20_000);
    const axis = readAxis(dice.pick(['steps', 'guidance', 'truncation', 'seed', 'words']), text, 100);
    expect(axis.values.length).toBeGreaterThan(0);
  });
  expect(taken).toBeGreaterThan(50);
});
