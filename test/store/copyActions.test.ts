import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { recipeText } from '../../src/store/copyActions.ts';
import { promptOf } from '../../src/store/settings.ts';
import { microManifest, microRecipe } from '../support/page.ts';
import { setUp } from '../support/readyPage.ts';
import { elaborate } from '../support/recipes.ts';

const denied = () => Promise.reject(new DOMException('Denied.', 'NotAllowedError'));
const picture = { png: new Blob(['PNG'], { type: 'image/png' }), text: 'a hat' };

describe('what is copied', () => {
  it('is said, and not more', async () => {
    const { actions, copied, state } = setUp();
    expect(await actions.copyPicture(Promise.resolve(picture))).toBe(true);
    expect(state().announcement).toBe('The picture is copied.');
    await actions.copyPrompt('a beard');
    await actions.copySeed(7);
    expect(copied).toEqual(['a hat', 'a beard', '7']);
    expect(state().runError).toBeNull();
  });

  it('is told in one sentence where the browser refuses', async () => {
    const { actions, state } = setUp({ copyText: denied, copyPicture: denied });
    for (const [copy, otherwise] of [
      [() => actions.copyPicture(Promise.resolve(picture)), 'download the picture'],
      [() => actions.copyPrompt('a hat'), 'select the text and copy it'],
      [() => actions.copySeed(7), 'write it down'],
    ] as const) {
      actions.dismissError();
      expect(await copy()).toBe(false);
      expect(state().runError).toMatchObject({
        code: 'clipboard',
        message: `The browser does not let this page use the clipboard: allow it, or ${otherwise}.`,
      });
    }
  });

  it('is told to be gone where the picture is, and not the clipboard', async () => {
    const { actions, state } = setUp({ copyPicture: async (given) => void (await given) });
    const gone = new UserError('storage', 'This picture was deleted meanwhile, in another tab.');
    expect(await actions.copyPicture(Promise.reject(gone))).toBe(false);
    expect(state().runError).toBe(gone);
  });

  it('has a text of the recipe, or of the prompt where the recipe is more than texts and numbers', () => {
    expect(recipeText(microRecipe, microManifest.image)).toMatch(/^a smiling woman\nSteps: 10, .*Seed: 42/);
    expect(recipeText(elaborate, microManifest.image)).toBe(promptOf(elaborate));
  });
});
