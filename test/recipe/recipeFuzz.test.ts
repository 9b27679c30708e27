// Broken recipes and links by the thousand; see test/support/fuzz.ts for more of them.
import { describe, expect, it } from 'vitest';
import { readRecipeFragment, recipeFragment } from '../../src/recipe/link.ts';
import { readRecipeText } from '../../src/recipe/read.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { writeRecipe } from '../../src/recipe/write.ts';
import { fuzz } from '../support/fuzz.ts';
import { chanceOf, mutatedBytes, mutatedJson } from '../support/mutations.ts';
import { recipes } from '../support/recipes.ts';

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

/** What could be read must be what it says it is. */
function checkRead(recipe: Recipe | null): void {
  if (recipe) expect(readRecipeText(writeRecipe(recipe))).toEqual(recipe);
}

describe('broken input', () => {
  it('is a recipe all the same, or is refused in a sentence', async () => {
    const { taken } = await fuzz((dice) => {
      const luck = chanceOf(dice);
      const json = JSON.stringify(mutatedJson(luck.of([...recipes, versionOne]), luck));
      const text = luck.below(4) ? json : Buffer.from(mutatedBytes(Buffer.from(json), luck)).toString();
      checkRead(readRecipeText(text));
    });
    // Neither is everything refused, nor everything taken.
    expect(taken).toBeGreaterThan(20);
    expect(taken).toBeLessThan(500);
  });

  it('is so in links as well', async () => {
    const { taken } = await fuzz((dice) => {
      const luck = chanceOf(dice);
      const fragment = recipeFragment(luck.of(recipes));
      if (luck.below(2)) {
        checkRead(readRecipeFragment(Buffer.from(mutatedBytes(Buffer.from(fragment), luck)).toString()));
        return;
      }
      const [, version, digits] = /^#r=(\d)\.(.*)$/.exec(fragment)!;
      const short: unknown = JSON.parse(Buffer.from(digits, 'base64url').toString());
      const text = JSON.stringify(mutatedJson(short, luck));
      checkRead(
        readRecipeFragment(
          `#r=${luck.below(9) ? version : luck.below(12)}.${Buffer.from(text).toString('base64url')}`,
        ),
      );
    });
    expect(taken).toBeGreaterThan(20);
    expect(taken).toBeLessThan(500);
  });
});
