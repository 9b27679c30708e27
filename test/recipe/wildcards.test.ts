import { describe, expect, it } from 'vitest';
import { candidates, countPictures, MAX_PICTURES, planPrompt } from '../../src/recipe/plan.ts';
import { makeRecipe } from '../../src/recipe/recipe.ts';
import { countPrompts, escapeChoices, expandPrompt } from '../../src/recipe/wildcards.ts';
import { avoiding, plain } from '../support/recipes.ts';
import { refusal } from '../support/refusal.ts';

const expand = (prompt: string, seed = 1) => expandPrompt(prompt, seed, MAX_PICTURES);

describe('choices in a prompt', () => {
  it('make one prompt each, the last changing fastest', () => {
    expect(expand('{red|blond} hair')).toEqual(['red hair', 'blond hair']);
    expect(expand('a {red|blue} {hat|cap|bow}')).toEqual([
      'a red hat',
      'a red cap',
      'a red bow',
      'a blue hat',
      'a blue cap',
      'a blue bow',
    ]);
    expect(expand('a {big |}hat, { old|young }')).toEqual([
      'a big hat, old',
      'a big hat, young',
      'a hat, old',
      'a hat, young',
    ]);
  });

  it('lie in one another', () => {
    expect(expand('{a {red|blue} hat|{one|two} bows|nothing}')).toEqual([
      'a red hat',
      'a blue hat',
      'one bows',
      'two bows',
      'nothing',
    ]);
  });

  it('by chance take one by the seed, each on its own', () => {
    const prompts = Array.from({ length: 400 }, (_, seed) => expand('{?a|b|c} {?d|e} {f|g}', seed));
    expect(prompts.every(({ length }) => length === 2)).toBe(true);
    const firsts = prompts.map(([first]) => first);
    for (const each of ['a d', 'a e', 'b d', 'b e', 'c d', 'c e']) {
      const share = firsts.filter((text) => text === `${each} f`).length / 400;
      expect(share, each).toBeGreaterThan(0.1);
      expect(share, each).toBeLessThan(0.24);
    }
    expect(expand('{?a|b|c} {?d|e} {f|g}', 7)).toEqual(prompts[7]);
    // Within chance, all is chance.
    expect(countPrompts('{?{a|b}|{c|d|{e|f}}}')).toBe(1);
    expect(new Set(Array.from({ length: 99 }, (_, seed) => expand('{?{a|b}|{c|d}}', seed)[0])).size).toBe(4);
  });

  it('are choices only with a bar between braces', () => {
    for (const text of [
      '{json: 1}',
      'a | b',
      '} a {',
      '{a|b',
      '{?a}',
      'a } b | c {',
      '\\',
      '{ \\',
      '{}',
      '  two  ',
    ]) {
      expect(expand(text), text).toEqual([text]);
      expect(countPrompts(text)).toBe(1);
    }
    expect(expand('{a {x} b|c}')).toEqual(['a {x} b', 'c']);
    expect(expand('{ {a|b}')).toEqual(['{ a', '{ b']);
    expect(expand('{x{a|b}}')).toEqual(['{xa}', '{xb}']);
  });

  it('are none behind a backslash', () => {
    expect(expand('\\{a|b\\} {c\\|d|e}')).toEqual(['{a|b} c|d', '{a|b} e']);
    for (const text of ['{a|b}', '\\{a|b}', '{?x|{y|z}}', '\\\\{|}'])
      expect(expand(escapeChoices(text))).toEqual([text]);
  });

  it('are counted without being written out', async () => {
    expect(countPrompts('{a|b}'.repeat(20))).toBe(2 ** 20);
    expect(countPrompts('{a|b}'.repeat(1600))).toBe(Number.POSITIVE_INFINITY);
    expect(await refusal(() => expand('{a|b}'.repeat(1600)))).toContain('more than a million');
    expect(await refusal(() => expand('{a|b}'.repeat(9)))).toContain('512 pictures');
    expect(expand('{a|b}'.repeat(8))).toHaveLength(256);
    const nested = (depth: number): string => (depth ? `{${nested(depth - 1)}|x}` : 'y');
    expect(expand(nested(8))).toHaveLength(9);
    expect(await refusal(() => countPrompts(nested(9)))).toContain('8 deep');
    expect(await refusal(() => countPrompts(nested(2000)))).toContain('8 deep');
    expect(countPrompts('{'.repeat(8000))).toBe(1);
    expect(countPrompts(`${'{'.repeat(4000)}|${'}'.repeat(4000)}`)).toBe(2);
  });
});

describe('a list of recipes', () => {
  it('of candidates has their seeds, past the end as well', () => {
    expect(candidates(plain, 3)).toEqual([plain, { ...plain, seed: 43 }, { ...plain, seed: 44 }]);
    expect(candidates({ ...plain, seed: 0xffffffff }, 2)[1].seed).toBe(0);
  });

  it('of a prompt has the candidates of each choice, with chance by their own seeds', () => {
    const prompt = '{red|blond} hair, {?hat|cap|bow|scarf}';
    const list = planPrompt(plain, prompt, 3);
    expect(list).toHaveLength(countPictures(prompt, 3));
    expect(list).toEqual(
      [0, 1].flatMap((choice) =>
        [42, 43, 44].map((seed) => ({
          ...plain,
          seed,
          condition: { kind: 'text', text: expand(prompt, seed)[choice] },
        })),
      ),
    );
    // A prompt without choices is the recipe itself.
    expect(planPrompt(avoiding, 'a smiling woman', 1)).toEqual([avoiding]);
    expect(planPrompt({ ...avoiding, guidance: 1 }, 'a smiling woman', 1)).toEqual([
      makeRecipe({ ...plain, guidance: 1 }),
    ]);
  });

  it('has an end', async () => {
    expect(await refusal(() => planPrompt(plain, '{a|b}'.repeat(1600), 1))).toContain('more than a million');
    expect(await refusal(() => planPrompt(plain, '{a|b|c}', 86))).toContain('258 pictures');
    expect(await refusal(() => candidates(plain, 257))).toContain('257 pictures');
    expect(planPrompt(plain, '{a|b}', 128)).toHaveLength(256);
  });
});
