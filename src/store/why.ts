// What a picture shows of its prompt, and which part of it stands in the way: what the panel asks the engine.
import { UserError } from '../errors.ts';
import type { StepLook, WeighQuestion } from '../events.ts';
import type { KeptPicture } from '../gallery/picture.ts';
import type { PackManifest } from '../pack/manifest.ts';
import {
  type PhraseQuestion,
  type PhraseReading,
  questionsOf,
  readingOf,
  textsOf,
} from '../recipe/reading.ts';
import { REGION_SHARE, regionOf, spread, windowsOf } from '../recipe/region.ts';
import { gridOf, setSteps } from '../recipe/trail.ts';
import type { Wish } from './watched.ts';

type Weigh = (
  picture: KeptPicture,
  asked: Omit<WeighQuestion, 'tokens'>,
  signal: AbortSignal,
) => Promise<Float32Array>;
type Model = Pick<PackManifest, 'vocabulary' | 'clipScale' | 'grid'>;

/** A phrase as CLIP reads it in a picture, and what was asked for that. */
export interface Word extends PhraseReading {
  readonly question: PhraseQuestion;
}

/** The prompt of a picture phrase by phrase. @throws {UserError} `recipe` where it has none; as of weigh() */
export async function wordsOf(
  picture: KeptPicture,
  { vocabulary, clipScale }: Model,
  weigh: Weigh,
  signal: AbortSignal,
): Promise<Word[]> {
  const condition = picture.recipe?.condition;
  // What is pushed along a quality still has the words that it began with.
  const base = condition?.kind === 'direction' ? condition.base : condition;
  const questions = base?.kind === 'text' ? questionsOf(base.text, vocabulary) : [];
  if (picture.recipe && !questions.length) {
    throw new UserError(
      'recipe',
      'This picture was made of more than one prompt, or of none: it has no phrases to read.',
    );
  }
  const texts = textsOf(questions);
  const cosines = await weigh(picture, { texts, hidden: [] }, signal);
  return questions.map((question) => ({
    ...readingOf(question, (text) => cosines[texts.indexOf(text)], clipScale),
    question,
  }));
}

/** The tokens on which it depends most whether CLIP sees a phrase. [positions] @throws {UserError} as of weigh() */
export async function regionOfWord(
  picture: KeptPicture,
  { question, rival }: Word,
  { grid }: Model,
  weigh: Weigh,
  signal: AbortSignal,
): Promise<boolean[]> {
  const against = question.rivals.find(({ phrase }) => phrase === rival)?.text ?? question.without;
  const windows = windowsOf(grid);
  const cosines = await weigh(picture, { texts: [question.asked, against], hidden: windows }, signal);
  const margin = (row: number) => cosines[2 * row] - cosines[2 * row + 1];
  const raised = windows.map((_, i) => margin(i + 1) - margin(0));
  const positions = grid.rows * grid.columns;
  return regionOf(spread(windows, raised, positions), grid, REGION_SHARE * positions);
}

/** The tokens that the model was least sure of when it set them. [positions] @throws {UserError} as of lookAt() */
export async function leastSure(
  { head, recipe, steps }: KeptPicture,
  lookAt: (
    picture: Pick<KeptPicture, 'recipe' | 'steps'> & { readonly id: string },
    wish: Wish,
  ) => Promise<StepLook>,
  signal: AbortSignal,
): Promise<boolean[]> {
  const rows = steps?.rows ?? [];
  const grid = gridOf(rows[0]?.length ?? 0, head);
  if (!recipe || !steps || !grid) {
    throw new UserError(
      'recipe',
      'This picture was kept without its steps: make it again, and take that one.',
    );
  }
  const setAt = setSteps(recipe, steps, rows.length);
  const doubt = new Float64Array(setAt.length);
  for (const step of new Set(setAt)) {
    if (!step) continue;
    signal.throwIfAborted();
    const { confidence } = await lookAt({ id: head.id, recipe, steps }, { step, draw: false });
    for (const [i, at] of setAt.entries()) if (at === step) doubt[i] = 1 - confidence[i];
  }
  return regionOf(doubt, grid, REGION_SHARE * setAt.length);
}
