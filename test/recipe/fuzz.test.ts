// 2,000 broken recipes and links, seeded; in a command of its own 100,000:
//
//   VITE_FUZZ=100000 npx vitest run --project node test/recipe/fuzz.test.ts
import { describe, expect, it } from 'vitest';
import { readRecipeFragment, recipeFragment } from '../../src/recipe/link.ts';
import { readRecipeText } from '../../src/recipe/read.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { writeRecipe } from '../../src/recipe/write.ts';
import { chance, fuzzCount, fuzzTimeout, mutatedBytes, mutatedJson } from '../support/mutations.ts';
import { recipes } from '../support/recipes.ts';
import { checkedRefusal } from '../support/refusal.ts';

const versionOne = {
  model: 'micro',
  prompt: 'a smiling woman',
  seed: 42,
  steps: 10,
  guidance: 1.15,
  truncation: { kind: 'topR', r: 0.85 },
  candidates: 1,
  sampler: 'exact',
  score: 0.71,
};

/** How many could be read; what was must be what it says it is. */
function readMany(read: (i: number) => Recipe | null): number {
  let count = 0;
  for (let i = 0; i < fuzzCount; i++) {
    try {
      const recipe = read(i);
      if (!recipe) continue;
      expect(readRecipeText(writeRecipe(recipe)), String(i)).toEqual(recipe);
      count++;
    } catch (error) {
      checkedRefusal(error);
    }
  }
  return count;
}

describe('broken input', () => {
  it('is a recipe all the same, or is refused in a sentence', { timeout: fuzzTimeout }, () => {
    const count = readMany((i) => {
      const { of, ...rest } = chance(i);
      const json = JSON.stringify(mutatedJson(of([...recipes, versionOne]), { of, ...rest }));
      const text = rest.below(4)
        ? json
        : Buffer.from(mutatedBytes(Buffer.from(json), { of, ...rest })).toString();
      return readRecipeText(text);
    });
    // Neither is everything refused, nor everything taken.
    expect(count / fuzzCount).toBeGreaterThan(0.02);
    expect(count / fuzzCount).toBeLessThan(0.5);
  });

  it('is so in links as well', { timeout: fuzzTimeout }, () => {
    const count = readMany((i) => {
      const luck = chance(i);
      const fragment = recipeFragment(luck.of(recipes));
      if (luck.below(2))
        return readRecipeFragment(Buffer.from(mutatedBytes(Buffer.from(fragment), luck)).toString());
      const [, version, digits] = /^#r=(\d)\.(.*)$/.exec(fragment)!;
      const short: unknown = JSON.parse(Buffer.from(digits, 'base64url').toString());
      const text = JSON.stringify(mutatedJson(short, luck));
      return readRecipeFragment(
        `#r=${luck.below(9) ? version : luck.below(12)}.${Buffer.from(text).toString('base64url')}`,
      );
    });
    expect(count / fuzzCount).toBeGreaterThan(0.02);
    expect(count / fuzzCount).toBeLessThan(0.5);
  });
});
