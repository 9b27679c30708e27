// Pictures that come from a picture that is kept: nearly the same one, and others that look to CLIP as it does.
import { UserError } from '../errors.ts';
import type { PictureQuestion, StepLook } from '../events.ts';
import type { Head, KeptPicture } from '../gallery/picture.ts';
import { promptOf } from '../gallery/prompt.ts';
import { type BranchChange, branched } from '../recipe/branch.ts';
import { embeddingCondition, type RecipeCondition } from '../recipe/condition.ts';
import { candidates } from '../recipe/plan.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { repainted } from '../recipe/repaint.ts';
import { trailStep } from '../recipe/trail.ts';
import { type Variation, varied } from '../recipe/vary.ts';
import { escapeChoices } from '../recipe/wildcards.ts';
import type { ImageTokens } from '../types.ts';
import type { EngineClient } from '../worker/client.ts';
import { engineAnswer } from './engineAnswer.ts';
import type { Job } from './line.ts';
import { openedHere } from './openedHere.ts';
import type { AppStore } from './store.ts';
import type { Watchable } from './watchActions.ts';
import type { Wish } from './watched.ts';

/** How many are made of one. */
const COUNT = 4;

/** As of PictureQuestion, about a picture that is kept. */
export type Question = PictureQuestion extends infer Each
  ? Each extends unknown
    ? Omit<Each, 'tokens'>
    : never
  : never;

/** What is to be drawn again. */
export interface Mending {
  /** [positions] */
  readonly chosen: readonly boolean[];
  readonly condition?: RecipeCondition;
}

export interface RelatedSurroundings {
  readonly client: Pick<EngineClient, 'embed' | 'look' | 'study'>;
  /** u32 */
  readonly randomSeed: () => number;
  /** Opens the model again whose worker is gone. */
  readonly reopenPack: () => Promise<void>;
}

export function createRelatedActions(
  { getState, setState }: AppStore,
  { client, randomSeed, reopenPack }: RelatedSurroundings,
) {
  const opened = (picture: Pick<KeptPicture, 'recipe' | 'steps'>) => openedHere(getState(), picture);

  const answerOf = <Answer>(answer: Promise<Answer>) =>
    engineAnswer(
      answer,
      reopenPack,
      'Another model was opened before this one had looked at the picture: open the model that made it, and try again.',
    );

  const jobOf = (picture: { readonly head: Pick<Head, 'prompt'> }, recipes: readonly Recipe[]): Job => ({
    prompt: escapeChoices(picture.head.prompt),
    recipes,
    grid: null,
  });

  return {
    /** Four pictures with some of its tokens drawn again, those of each by its seed. @throws {UserError} `recipe` */
    variationsOf(picture: KeptPicture, variation: Variation): Job {
      const { recipe, tokens, manifest } = opened(picture);
      const seeds = candidates({ ...recipe, seed: randomSeed() }, COUNT).map(({ seed }) => seed);
      return jobOf(picture, varied(recipe, tokens, variation, seeds, manifest));
    },

    /** Four others that part from it after one of its steps. @throws {UserError} `recipe` */
    branchesOf(picture: KeptPicture, step: number, change: BranchChange = {}): Job {
      const { recipe, rows, manifest } = opened(picture);
      const seeds = candidates({ ...recipe, seed: randomSeed() }, COUNT).map(({ seed }) => seed);
      const { head } = picture;
      const prompt = change.condition ? promptOf(change.condition) : head.prompt;
      return jobOf({ head: { ...head, prompt } }, branched(recipe, rows, step, seeds, manifest, change));
    },

    /** One of its steps again. @throws {UserError} why that cannot be */
    async look(picture: Watchable, { step, draw }: Wish): Promise<StepLook> {
      const { recipe, rows, manifest } = opened(picture);
      const trail = { mask: manifest.codebookSize, rows };
      return answerOf(client.look(trailStep(recipe, trail, step), draw));
    },

    /** Four with a part of it drawn again. @param condition in the place of its own @throws {UserError} `recipe` */
    mendsOf(picture: KeptPicture, { chosen, condition }: Mending): Job {
      const { recipe, tokens, manifest } = opened(picture);
      const recipes = candidates({ ...recipe, ...(condition && { condition }), seed: randomSeed() }, COUNT);
      return jobOf(picture, repainted(recipes, tokens, chosen, manifest));
    },

    /** What the engine says about it. @throws {UserError} why that cannot be */
    async study(
      picture: Pick<KeptPicture, 'recipe' | 'steps'>,
      question: Question,
      signal: AbortSignal,
    ): Promise<Float32Array> {
      const tokens = opened(picture).tokens.slice() as ImageTokens;
      return answerOf(client.study({ ...question, tokens }, signal));
    },

    /** Four new pictures of its CLIP embedding, in place of its prompt. @throws {UserError} */
    async moreLike(picture: KeptPicture): Promise<Job> {
      const { recipe, tokens, manifest } = opened(picture);
      if (tokens.includes(manifest.codebookSize)) {
        throw new UserError('recipe', 'This picture is not finished: make it again, and take that one.');
      }
      setState({ announcement: 'CLIP looks at the picture.' });
      const condition = embeddingCondition(await answerOf(client.embed(tokens.slice() as ImageTokens)));
      const seed = randomSeed();
      return jobOf(picture, candidates({ ...recipe, condition, start: { kind: 'all masked' }, seed }, COUNT));
    },
  };
}
