import { describe, expect, it } from 'vitest';
import { MAX_LINK, readRecipeFragment, recipeFragment } from '../../src/recipe/link.ts';
import { makeRecipe } from '../../src/recipe/recipe.ts';
import { avoiding, plain, recipes } from '../support/recipes.ts';
import { refusal } from '../support/refusal.ts';

const link = (json: unknown, version = '4') =>
  `#r=${version}.${Buffer.from(typeof json === 'string' ? json : JSON.stringify(json)).toString('base64url')}`;
const short = {
  model: 'micro 00112233445566778899aabb',
  condition: 'a smiling woman',
  seed: 42,
  steps: 10,
  guidance: 1.15,
  truncation: 0.85,
};

describe('a link', () => {
  it('leaves out what is usual', () => {
    expect(recipeFragment(plain)).toBe(link(short));
    expect(recipeFragment(plain).length).toBeLessThan(210);
  });

  it('of the versions before brings its recipe back', () => {
    expect(readRecipeFragment(link(short, '2'))).toEqual(plain);
    expect(readRecipeFragment(link(short, '3'))).toEqual(plain);
    expect(readRecipeFragment(link({ ...short, redraw: 0.25 }, '3'))).toEqual({
      ...plain,
      redraw: 0.25,
      looks: 1,
    });
  });

  it('brings every recipe back', () => {
    for (const recipe of recipes) {
      const fragment = recipeFragment(recipe);
      expect(fragment).toMatch(/^#r=4\.[\w-]+$/);
      expect(readRecipeFragment(fragment)).toEqual(recipe);
      expect(new URL(`https://example.org/page/?pack=x${fragment}`).hash).toBe(fragment);
    }
    const half = makeRecipe({ ...plain, condition: { kind: 'text', text: 'half \ud83d, 100 %, \0' } });
    expect(readRecipeFragment(recipeFragment(half))).toEqual(half);
  });

  it('stands beside other parts, and is none where there is none', () => {
    expect(readRecipeFragment(`#viewer=3&${recipeFragment(plain).slice(1)}`)).toEqual(plain);
    for (const fragment of ['', '#', '#viewer', '#ar=2.AAAA'])
      expect(readRecipeFragment(fragment)).toBeNull();
  });

  it('is refused in one sentence when it was cut or changed on its way', async () => {
    const fragment = recipeFragment(avoiding);
    for (let length = 3; length < fragment.length; length += 7) {
      const message = await refusal(() => readRecipeFragment(fragment.slice(0, length)));
      expect(message).toMatch(/^The recipe in this link cannot be used: .*Ask for the whole link again\.$/);
    }
    for (const wrong of [
      '#r=',
      '#r=2',
      '#r=2.',
      '#r=x.AAAA',
      '#r=2.A',
      '#r=2.%41',
      `${fragment}.`,
      link('\xff'),
    ]) {
      expect(await refusal(() => readRecipeFragment(wrong)), wrong).toContain('in this link');
    }
    const bytes = Buffer.from([0x22, 0xff, 0x22]).toString('base64url');
    expect(await refusal(() => readRecipeFragment(`#r=4.${bytes}`))).toContain('cut off or changed');
    expect(await refusal(() => readRecipeFragment(`#r=4.${'A'.repeat(1e6)}`))).toContain('longer than');
  });

  it('is read as strictly as a file', async () => {
    const refused = (json: unknown) => refusal(() => readRecipeFragment(link(json)));
    expect(await refused({ ...short, strength: 2 })).toContain('the field “strength” is unknown');
    expect(await refused(JSON.stringify(short).replace('{', '{"__proto__":{"seed":1},'))).toContain(
      '“__proto__”',
    );
    expect(await refused({ ...short, seed: -1 })).toContain('seed should be');
    expect(await refused({ ...short, model: 'a b c' })).toContain('model should be');
    expect(await refused({ ...short, model: 'a b' })).toContain('model.fingerprint should be');
    expect(await refused({ ...short, truncation: 'all' })).toContain('truncation should be');
    expect(await refused([])).toContain('should be an object');
    expect(await refusal(() => readRecipeFragment(link(short, '1')))).toContain('cut off or changed');
    expect(await refusal(() => readRecipeFragment(link(short, '5')))).toContain('Reload the page');
  });

  it('says what to do when it would be too long', async () => {
    const long = makeRecipe({ ...plain, condition: { kind: 'text', text: 'x'.repeat(7000) } });
    expect(await refusal(() => recipeFragment(long))).toContain(`a link holds ${MAX_LINK}: share the PNG`);
  });
});
