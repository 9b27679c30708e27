// What can be done with a visitor's own picture: paint over it, and make others that look to CLIP as it does.
import { UserError } from '../errors.ts';
import type { PackManifest } from '../pack/manifest.ts';
import { embeddingCondition, type RecipeCondition } from '../recipe/condition.ts';
import type { EngineClient } from '../worker/client.ts';
import { engineAnswer } from './engineAnswer.ts';
import type { Job } from './line.ts';
import { type DecodePicture, decodeOwn, type OwnPicture } from './ownPicture.ts';
import { findComplaint, recipesOf } from './settings.ts';
import type { AppState, AppStore } from './store.ts';
import { asUserError } from './userError.ts';

export interface OwnSurroundings {
  readonly client: Pick<EngineClient, 'encode' | 'embed'>;
  readonly decodePicture: DecodePicture;
  /** u32 */
  readonly randomSeed: () => number;
  readonly reopenPack: () => Promise<void>;
  /** Runs recipes that are not the form's. */
  readonly make: (job: Job) => Promise<void>;
}

/**
 * The pictures of the form, with a picture's embedding mixed into its prompt, or in its place.
 * @param share of the picture, 0..1, along the great circle from the prompt; a blank prompt leaves all of it
 * @throws {UserError} `settings` where the form cannot be run
 */
export function likeJob(
  { draft, model, pack }: Pick<AppState, 'draft' | 'model' | 'pack'>,
  picture: RecipeCondition,
  share: number,
): Job {
  if (!model || pack.kind !== 'ready') throw notOpen();
  const wordless = !draft.prompt.trim();
  const form = wordless ? { ...draft, prompt: 'a picture' } : draft;
  const complaint = findComplaint(form);
  if (complaint) throw new UserError('settings', complaint.message);
  const alone = wordless || share >= 1;
  const recipes = recipesOf(form, model, pack.device.arithmetic).map((recipe) => ({
    ...recipe,
    condition: alone
      ? picture
      : ({ kind: 'between', from: recipe.condition, to: picture, at: share } as const),
  }));
  return { prompt: draft.prompt, recipes, grid: null };
}

const notOpen = () =>
  new UserError('recipe', 'No model is open yet: wait until it is loaded, and try again.');

export function createOwnActions(
  { getState, setState }: AppStore,
  { client, decodePicture, randomSeed, reopenPack, make }: OwnSurroundings,
) {
  const answerOf = <Answer>(answer: Promise<Answer>) =>
    engineAnswer(
      answer,
      reopenPack,
      'Another model was opened meanwhile: bring the picture again for that one.',
    );

  /** Has the open model look at the picture, and goes on with what it sees. Failures end up in the state. */
  async function lookAtOwn(
    goOn: (
      seen: Awaited<ReturnType<EngineClient['encode']>>,
      own: OwnPicture,
      manifest: PackManifest,
    ) => unknown,
  ): Promise<void> {
    const { own, manifest, pack } = getState();
    if (!own || own.busy) return;
    const busy = (is: boolean) =>
      setState((state) => ({ own: state.own?.file === own.file ? { ...state.own, busy: is } : state.own }));
    const current = () => getState().own?.file === own.file && getState().manifest === manifest;
    busy(true);
    try {
      if (!manifest || pack.kind !== 'ready') throw notOpen();
      setState({ runError: null, announcement: 'The model looks at the picture.' });
      const image = await decodeOwn(decodePicture, own.file, manifest.image);
      const seen = await answerOf(client.encode(image));
      if (current()) await goOn(seen, own, manifest);
    } catch (error) {
      setState({ runError: asUserError(error) });
    } finally {
      busy(false);
    }
  }

  return {
    /** Lays it under the brush, as the open model sees it. */
    openOwn: () =>
      lookAtOwn(({ tokens, image }, { file }, manifest) => {
        const key = `${file.name} ${file.size} ${file.lastModified}`;
        setState({ brush: { key, title: file.name, picture: image, tokens, recipe: null, manifest } });
      }),

    /** The form's pictures, with what CLIP sees in this one mixed into the prompt. @param share as of likeJob() */
    likeOwn: (share: number) =>
      lookAtOwn(async ({ tokens }, { file }) => {
        const embedding = embeddingCondition(await answerOf(client.embed(tokens)));
        if (getState().own?.file !== file) return;
        const { draft, model, pack } = getState();
        const seed = draft.seedLocked ? draft.seed : String(randomSeed());
        const done = make(likeJob({ draft: { ...draft, seed }, model, pack }, embedding, share));
        // The picture can be looked at again while they are made.
        done.catch((error) => setState({ runError: asUserError(error) }));
      }),

    dismissOwn: () => setState({ own: null }),
  };
}
