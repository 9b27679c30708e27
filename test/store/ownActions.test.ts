// Others like a visitor's own picture: what CLIP sees in it, mixed into the prompt of the form.
import { describe, expect, it } from 'vitest';
import { embeddingCondition } from '../../src/recipe/condition.ts';
import { checkRecipe } from '../../src/recipe/fit.ts';
import type { DecodePicture } from '../../src/store/ownPicture.ts';
import type { Condition, ImageTokens } from '../../src/types.ts';
import { grey, microManifest } from '../support/page.ts';
import { ready, started } from '../support/readyPage.ts';

const file = new File([Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)], 'beach.jpg');
const decodePicture: DecodePicture = async () => grey(9);
const tokens = Int32Array.of(0, 4, 2, 1) as ImageTokens;
const embedding = Float32Array.of(0, 1, 0, 0) as Condition;

/** A page to which the picture was brought, and asked for others like it. */
async function asked(share: number, prompt: string) {
  const page = await ready({ decodePicture });
  await page.actions.openPicture(file);
  page.actions.edit({ prompt, candidates: 2 });
  const looking = page.actions.likeOwn(share);
  await expect.poll(() => page.encodes.length).toBe(1);
  page.encodes[0].resolve({ tokens, image: grey(8) });
  await expect.poll(() => page.embeds.length).toBe(1);
  expect(page.embeds[0].tokens).toEqual(tokens);
  return { ...page, looking };
}

describe('others like one’s own picture', () => {
  it('are of the form, with a condition between its prompt and what CLIP sees', async () => {
    const { embeds, looking, runs, state, actions } = await asked(0.3, '{red|blond} hair');
    embeds[0].resolve(embedding);
    await looking;
    await started();
    expect(state().own?.busy).toBe(false);
    expect(runs[0].recipes.map(({ condition }) => condition)).toEqual(
      ['red hair', 'red hair', 'blond hair', 'blond hair'].map((text) => ({
        kind: 'between',
        from: { kind: 'text', text },
        to: embeddingCondition(embedding),
        at: 0.3,
      })),
    );
    for (const recipe of runs[0].recipes) expect(() => checkRecipe(recipe, microManifest)).not.toThrow();
    // Asked again, they are others, unless the seed is kept.
    const [{ seed }] = runs[0].recipes;
    expect(seed).not.toBe(Number(state().draft.seed));
    actions.dismissOwn();
  });

  it('are of the picture alone where there is no prompt, or none of it is wanted', async () => {
    for (const [share, prompt] of [
      [0.5, ' '],
      [1, 'red hair'],
    ] as const) {
      const { embeds, looking, runs } = await asked(share, prompt);
      embeds[0].resolve(embedding);
      await looking;
      await started();
      expect(runs[0].recipes.map(({ condition }) => condition)).toEqual(
        Array(2).fill(embeddingCondition(embedding)),
      );
    }
  });

  it('are not made when the picture was put away meanwhile, nor of a form that cannot be run', async () => {
    const away = await asked(0.5, 'red hair');
    away.actions.dismissOwn();
    away.embeds[0].resolve(embedding);
    await away.looking;
    expect(away.runs).toHaveLength(0);
    const wrong = await asked(0.5, 'red hair');
    wrong.actions.edit({ seed: 'x' });
    wrong.embeds[0].resolve(embedding);
    await wrong.looking;
    expect(wrong.runs).toHaveLength(0);
    expect(wrong.state().runError?.message).toMatch(/^A seed is a whole number/);
  });
});
