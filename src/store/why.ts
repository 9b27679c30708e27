// What a picture shows of its prompt, and which part of it stands in the way: what the panel asks the engine.
import { UserError } from '../errors.ts';
import type { StepLook } from '../events.ts';
import type { KeptPicture } from '../gallery/picture.ts';
import type { PackManifest } from '../pack/manifest.ts';
import {
  otherText,
  type PhraseQuestion,
  type PhraseReading,
  questionsOf,
  readingOf,
  textsOf,
  urged,
} from '../recipe/reading.ts';
import { REGION_SHARE, regionOf } from '../recipe/region.ts';
import { gridOf, setSteps } from '../recipe/trail.ts';
import type { Mending, Question } from './relatedActions.ts';
import type { Wish } from './watched.ts';

type Study = (picture: KeptPicture, question: Question, signal: AbortSignal) => Promise<Float32Array>;
type Model = Pick<PackManifest, 'vocabulary' | 'clipScale' | 'grid'>;

/** A phrase as CLIP reads it in a picture, and what was asked for that. */
export interface Word extends PhraseReading {
  readonly question: PhraseQuestion;
}

/** The prompt of a picture phrase by phrase. @throws {UserError} `recipe` where it has none; as of study() */
export async function wordsOf(
  picture: KeptPicture,
  { vocabulary, clipScale }: Model,
  study: Study,
  signal: AbortSignal,
): Promise<Word[]> {
  const condition = picture.recipe?.condition;
  // What is pushed along a quality, or urged to show a phrase, still has the words that it began with.
  const base = condition?.kind === 'direction' ? condition.base : condition;
  const questions = base?.kind === 'text' ? questionsOf(base.text, vocabulary) : [];
  if (picture.recipe && !questions.length) {
    throw new UserError(
      'recipe',
      'This picture was made of more than one prompt, or of none: it has no phrases to read.',
    );
  }
  const texts = textsOf(questions);
  const cosines = await study(picture, { kind: 'weigh', texts }, signal);
  return questions.map((question) => ({
    ...readingOf(question, (text) => cosines[texts.indexOf(text)], clipScale),
    question,
  }));
}

/**
 * How to draw a phrase that CLIP misses: the tokens at which the denoiser parts most from what is seen in its place, under
 * a condition that asks for it more. Of 24 that were missed, 13 are seen after one try; 11 where the part is the one whose
 * hiding raises CLIP's reading, 5 with a part anywhere, 5 under the prompt alone (npm run mend -- --steps 6).
 * @throws {UserError} as of study()
 */
export async function mendingOfWord(
  picture: KeptPicture,
  word: Word,
  { grid }: Model,
  study: Study,
  signal: AbortSignal,
): Promise<Mending> {
  const { question } = word;
  const other = otherText(question, word);
  const apart = await study(picture, { kind: 'locate', asked: question.asked, other }, signal);
  const chosen = regionOf(apart, grid, REGION_SHARE * apart.length);
  const base = picture.recipe?.condition;
  return { chosen, ...(base && { condition: urged(base, question, other) }) };
}

/** The tokens that the model was least sure of when it set them. @throws {UserError} as of lookAt() */
export async function leastSure(
  { head, recipe, steps }: KeptPicture,
  lookAt: (
    picture: Pick<KeptPicture, 'recipe' | 'steps'> & { readonly id: string },
    wish: Wish,
  ) => Promise<StepLook>,
  signal: AbortSignal,
): Promise<Mending> {
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
  return { chosen: regionOf(doubt, grid, REGION_SHARE * setAt.length) };
}
