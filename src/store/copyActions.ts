// What goes onto the clipboard: links, texts, pictures. Each tells whether it is there; a failure is a sentence on the page.
import { UserError } from '../errors.ts';
import { ownPackId } from '../library/packFolder.ts';
import { recipeFragment } from '../recipe/link.ts';
import { writeParameters } from '../recipe/parameters.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { addressWithPack, builtInPack } from './address.ts';
import { promptOf } from './settings.ts';
import type { AppStore } from './store.ts';
import { asUserError } from './userError.ts';

export interface CopiedPicture {
  readonly png: Blob;
  /** How it was made. */
  readonly text: string;
}

export interface CopySurroundings {
  /** Puts a text on the clipboard. */
  readonly copyText: (text: string) => Promise<void>;
  /** Puts a picture on the clipboard, which may still be on its way, and its text for whatever takes texts alone. */
  readonly copyPicture: (picture: Promise<CopiedPicture>) => Promise<void>;
  /** The page's own address. */
  readonly pageUrl: () => string;
}

/** How a picture was made: as other tools write it, or the prompt alone where that is more than texts and numbers. */
export const recipeText = (
  recipe: Recipe,
  size: { readonly width: number; readonly height: number },
): string => writeParameters(recipe, size) ?? promptOf(recipe);

export function createCopyActions(
  { setState }: AppStore,
  { copyText, copyPicture, pageUrl }: CopySurroundings,
) {
  async function attempt(what: string, copy: () => Promise<void>): Promise<boolean> {
    try {
      await copy();
      setState({ announcement: `${what} is copied.` });
      return true;
    } catch (error) {
      setState({ runError: asUserError(error) });
      return false;
    }
  }

  return {
    /** Puts a link on the clipboard that opens this recipe. */
    copyLink: (recipe: Recipe, packUrl: string) =>
      attempt('The link', async () => {
        // Nobody else has a model of one's own.
        const shared = ownPackId(packUrl) === null ? packUrl : builtInPack;
        const address = new URL(addressWithPack(pageUrl(), shared));
        address.hash = recipeFragment(recipe);
        await copyText(address.href).catch(refused('or download the picture, which carries its recipe'));
      }),

    copyPrompt: (prompt: string) =>
      attempt('The prompt', () => copyText(prompt).catch(refused('or select the text and copy it'))),

    copySeed: (seed: number) =>
      attempt(`Seed ${seed}`, () => copyText(String(seed)).catch(refused('or write it down'))),

    /** To be called in the click itself: some browsers let a page write at no other time. */
    copyPicture: (picture: Promise<CopiedPicture>) =>
      attempt('The picture', () =>
        copyPicture(picture).catch(async (error: unknown) => {
          // Where there is no picture, the clipboard is not to blame.
          await picture;
          if (error instanceof UserError) throw error;
          return refused('or download the picture')(error);
        }),
      ),
  };
}

const refused =
  (otherwise: string) =>
  (cause: unknown): never => {
    throw new UserError(
      'clipboard',
      `The browser does not let this page use the clipboard: allow it, ${otherwise}.`,
      { cause },
    );
  };
