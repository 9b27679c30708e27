// What a picture is called, by its condition: on its tile, in the viewer, in its file's name and for a screen reader.
import { describe, expect, it } from 'vitest';
import { promptOf, WORDLESS } from '../../src/gallery/prompt.ts';
import { embeddingCondition, type RecipeCondition } from '../../src/recipe/condition.ts';
import { pictureFileName } from '../../src/store/fileName.ts';
import { pictureInWords, settingsInWords } from '../../src/ui/kit/words.ts';
import { elaborate, plain } from '../support/recipes.ts';

const text = (words: string): RecipeCondition => ({ kind: 'text', text: words });
const picture = embeddingCondition(Float32Array.of(1, 0, 0, 0));
const older: RecipeCondition = {
  kind: 'direction',
  base: text('a hat'),
  from: text('a young person'),
  to: text('an old person'),
  strength: -0.5,
};
const between = (from: RecipeCondition, to: RecipeCondition): RecipeCondition => ({
  kind: 'between',
  from,
  to,
  at: 0.25,
});

describe('the title of a picture', () => {
  it.each<[string, RecipeCondition, string]>([
    ['of a prompt', text('a hat'), 'a hat'],
    ['of another picture', picture, ''],
    ['that was pushed, or mended', older, 'a hat'],
    ['that was pushed twice', { ...older, base: older }, 'a hat'],
    ['on the way between two', between(text('a hat'), text('a beard')), 'a hat → a beard'],
    ['on the way to a picture', between(text('a hat'), picture), 'a hat'],
    ['between two of one prompt', between(older, text('a hat')), 'a hat'],
    ['of all at once', elaborate.condition, 'a hat'],
    [
      'of a mix',
      {
        kind: 'mix',
        parts: [text('a hat'), picture, text('smiling')].map((condition) => ({ condition, weight: 1 })),
      },
      'a hat, smiling',
    ],
  ])('%s is what it is about', (_, condition, title) => {
    expect(promptOf(condition)).toBe(title);
    expect(pictureInWords({ prompt: title, seed: 7 })).toBe(`${title ? `“${title}”` : WORDLESS}, seed 7`);
  });

  it('makes a file name', () => {
    const way = between(text('a red hat'), text('a beard'));
    expect(pictureFileName(promptOf(way), 7)).toBe('a-red-hat-a-beard_7.png');
  });

  it('leaves to the settings how far it was pushed, or along the way', () => {
    const settings = (condition: RecipeCondition) => settingsInWords({ ...plain, condition });
    expect(settings(older)).toMatch(
      /^pushed by −0\.5 from “a young person” to “an old person” · 10 steps · /,
    );
    expect(settings({ ...older, to: picture })).toContain(`to “${WORDLESS}”`);
    expect(settings(between(text('a hat'), picture))).toMatch(/^25 % of the way · 10 steps · /);
    expect(settings(text('a hat'))).toMatch(/^10 steps · /);
  });
});
