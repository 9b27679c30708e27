// Pictures and links coming in: their recipes go into the form, and can be made again as they are.
import { UserError } from '../errors.ts';
import { late } from '../late.ts';
import { quoted } from '../quote.ts';
import { withFingerprint } from '../recipe/fingerprint.ts';
import { replayObstacle } from '../recipe/fit.ts';
import { readRecipeFragment } from '../recipe/link.ts';
import { readParameters } from '../recipe/parameters.ts';
import { escapeChoices } from '../recipe/wildcards.ts';
import { builtInModels } from './address.ts';
import { withinModel } from './keptDraft.ts';
import type { Job } from './line.ts';
import { type DecodePicture, decodeOwn } from './ownPicture.ts';
import { canRun } from './runner.ts';
import { type Draft, draftOf, draftOfFound, modelDefaults, promptOf } from './settings.ts';
import type { AppState, AppStore, OpenedPicture } from './store.ts';
import { asUserError } from './userError.ts';

/** Far more than any picture of this program takes. */
const MAX_FILE_BYTES = 64e6;

export interface RecipeSurroundings {
  readonly edit: (change: Partial<Draft>) => void;
  readonly rollSeed: () => void;
  readonly openPack: (packUrl: string) => Promise<void>;
  readonly run: (job: Job) => Promise<void>;
  readonly decodePicture: DecodePicture;
}

/** Why the opened recipe cannot be made again as it is, in one sentence; null when it can, or no model is open. */
export function openedObstacle({ opened, manifest, pack }: AppState): string | null {
  if (!opened?.recipe || !manifest || pack.kind !== 'ready') return null;
  return replayObstacle(opened.recipe, manifest, pack.device.arithmetic);
}

/** The model that the opened recipe is for, where another one is open. */
export function otherModelId({ opened, manifest }: AppState): string | null {
  const id = opened?.recipe?.model.id;
  return !manifest || id === undefined || id === manifest.id ? null : id;
}

/** The same, where it is built in. */
export function openedModel(state: AppState): (typeof builtInModels)[number] | null {
  const id = otherModelId(state);
  return builtInModels.find(({ pack }) => pack === `models/${id}/`) ?? null;
}

export function createRecipeActions(
  { getState, setState }: AppStore,
  { edit, rollSeed, openPack, run, decodePicture }: RecipeSurroundings,
) {
  /** Into the form with it, within what the open model takes; where none is open yet, its defaults stay away. */
  function fill(draft: Partial<Draft>, opened: OpenedPicture): void {
    const { manifest, packUrl, draft: before } = getState();
    const whole = { ...before, ...draft };
    edit(manifest ? withinModel(whole, manifest) : whole);
    const from = opened.name === null ? 'the link' : quoted(opened.name);
    setState({
      opened,
      own: null,
      runError: null,
      ...(opened.recipe && { tunedFor: packUrl }),
      announcement: `The prompt and settings of ${from} are in the form.`,
    });
  }

  const fail = (error: unknown) => setState({ opened: null, own: null, runError: asUserError(error) });

  /** A file without a recipe may be a picture still. @param reason why there is none */
  async function takeAsPicture(file: File, reason: UserError): Promise<void> {
    const size = getState().manifest?.image ?? { width: 256, height: 256 };
    try {
      const preview = await decodeOwn(decodePicture, file, size);
      setState({
        opened: null,
        runError: null,
        own: { file, preview, note: reason.message, busy: false },
        announcement: `${quoted(file.name)} has no recipe; parts of it can be repainted.`,
      });
    } catch (unreadable) {
      // Of what should have been one of ours it is told what became of it.
      fail(/\.png$/i.test(file.name) || file.type === 'image/png' ? reason : unreadable);
    }
  }

  return {
    /**
     * Fills the form with what a PNG tells of how it was made; one that tells nothing, and another picture, can be
     * repainted. Failures end up in the state.
     */
    async openPicture(file: File): Promise<void> {
      try {
        if (file.size > MAX_FILE_BYTES) {
          throw new UserError(
            'recipe',
            `${quoted(file.name)} has ${Math.round(file.size / 1e6)} MB, too many to look for a recipe in: choose a PNG of up to 64 MB.`,
          );
        }
        const { readRecipe } = await late(() => import('../png/readRecipe.ts'));
        const content = await readRecipe(new Uint8Array(await file.arrayBuffer()));
        const { name } = file;
        if (content.kind === 'recipe') {
          fill(draftOf(content.recipe), { name, recipe: content.recipe, note: null });
        } else {
          const { settings } = content;
          const note = content.note ?? `Made by ${settings.tool}: a prompt, and what else fits this model.`;
          fill(draftOfFound(settings), { name, recipe: null, note });
        }
      } catch (error) {
        const reason = asUserError(error);
        // Nobody has looked into the file yet.
        if (reason.code === 'page') fail(reason);
        else await takeAsPicture(file, reason);
      }
    },

    /**
     * Fills the form with the recipe in an address's fragment, and runs nothing.
     * @returns whether there was one, of use or not
     */
    openLink(fragment: string): boolean {
      try {
        const recipe = readRecipeFragment(fragment);
        if (recipe) fill(draftOf(recipe), { name: null, recipe, note: null });
        return recipe !== null;
      } catch (error) {
        fail(error);
        return true;
      }
    },

    /**
     * Fills the form with a text as this page and other tools copy it: a prompt, and under it a line of settings.
     * @returns whether it is one
     */
    openText(text: string): boolean {
      const settings = /^Steps: \d/m.test(text) ? readParameters(text) : null;
      if (!settings) return false;
      const note = 'A prompt, and what else fits this model.';
      fill(draftOfFound(settings), { name: 'pasted text', recipe: null, note });
      return true;
    },

    /** Lets go of the opened recipe's seed: other pictures of the same settings. */
    leaveSeed(): void {
      const { opened, manifest } = getState();
      if (!opened) return;
      edit({ seedLocked: false, ...(manifest && { candidates: modelDefaults(manifest).candidates }) });
      rollSeed();
      setState({ opened: null, announcement: 'Everything but the seed is in the form.' });
    },

    /** Makes the opened picture again. Does nothing where that cannot be, or a run is on. */
    async replay(): Promise<void> {
      const { opened, manifest } = getState();
      if (!opened?.recipe || !manifest || openedObstacle(getState()) || !canRun(getState())) return;
      const recipe = withFingerprint(opened.recipe, manifest);
      await run({ prompt: escapeChoices(promptOf(recipe)), recipes: [recipe], grid: null });
    },

    /** Opens the model that the opened recipe is for. @param pack as in the page's address */
    async openItsModel(pack: string): Promise<void> {
      const { opened } = getState();
      if (!opened?.recipe) return;
      edit(draftOf(opened.recipe));
      setState({ tunedFor: pack });
      await openPack(pack);
    },

    dismissOpened: () => setState({ opened: null }),
  };
}
