// How a picture lies in the storage: a head, all of which are read when the gallery opens, and a body, which is read when
// the picture is shown. Both are written in one transaction.
import { MAX_CONDITIONS, MAX_TEXT } from '../recipe/condition.ts';
import { readRecipeText } from '../recipe/read.ts';
import { RecipeReader } from '../recipe/reader.ts';
import { MAX_SEED } from '../recipe/recipe.ts';
import { writeRecipe } from '../recipe/write.ts';
import { migrate, RECORD_SCHEMA } from './migrate.ts';
import type { FilmPlace, Head, KeptPicture, NewPicture } from './picture.ts';
import { promptOf } from './prompt.ts';
import { decodeSteps, encodeSteps } from './steps.ts';

export interface HeadRecord extends Head {
  readonly schema: typeof RECORD_SCHEMA;
  /** When it was removed: hidden from then on, and deleted when the removal can no longer be undone. */
  readonly removed: number | null;
}

export interface BodyRecord {
  readonly schema: typeof RECORD_SCHEMA;
  readonly id: string;
  readonly png: Blob;
  /** Canonical JSON. */
  readonly recipe: string;
  /** As of encodeSteps; empty where they are not known. */
  readonly steps: Uint8Array<ArrayBuffer>;
}

export const idPattern = /^[0-9a-f]{32}$/;
/** The last moment that a Date can hold. */
const MAX_TIME = 8.64e15;
const MAX_NAME = 1000;
const MAX_SIDE = 1 << 16;
const MAX_FRAMES = 1000;

/** Both halves of a new picture's record. */
export function writeRecord(
  id: string,
  time: number,
  { png, recipe, model, score, steps, film }: NewPicture,
): { readonly head: HeadRecord; readonly body: BodyRecord } {
  const schema = RECORD_SCHEMA;
  return {
    head: {
      schema,
      id,
      time,
      prompt: promptOf(recipe.condition),
      seed: recipe.seed,
      model: model.name.slice(0, MAX_NAME),
      score,
      favourite: false,
      width: model.image.width,
      height: model.image.height,
      bytes: png.size,
      film,
      removed: null,
    },
    body: {
      schema,
      id,
      png,
      recipe: writeRecipe(recipe),
      steps: steps ? encodeSteps(steps) : new Uint8Array(),
    },
  };
}

/** A head as it was stored, whatever the page that did; null when it cannot be read. */
export function readHead(value: unknown): HeadRecord | null {
  const json = migrate('head', value);
  if (!json) return null;
  const reader = new RecipeReader(json, '', []);
  const score = reader.field('score');
  const removed = reader.field('removed');
  const favourite = reader.field('favourite');
  const film = reader.field('film');
  const head: HeadRecord = {
    schema: RECORD_SCHEMA,
    id: reader.field('id').pattern(idPattern, 32, 'an id'),
    time: reader.field('time').number(0, MAX_TIME),
    prompt: reader.field('prompt').text(0, MAX_CONDITIONS * (MAX_TEXT + 3)),
    seed: reader.field('seed').integer(0, MAX_SEED),
    model: reader.field('model').text(0, MAX_NAME),
    score: score.value === null ? null : score.number(-1.01, 1.01),
    favourite: favourite.value === true,
    width: reader.field('width').integer(1, MAX_SIDE),
    height: reader.field('height').integer(1, MAX_SIDE),
    bytes: reader.field('bytes').integer(0, Number.MAX_SAFE_INTEGER),
    film: film.value === null ? null : filmPlace(film),
    removed: removed.value === null ? null : removed.number(0, MAX_TIME),
  };
  if (typeof favourite.value !== 'boolean') favourite.fault('true or false', false);
  return reader.faults.length ? null : head;
}

function filmPlace(reader: RecipeReader): FilmPlace {
  reader.only(['id', 'frame', 'frames']);
  const frames = reader.field('frames').integer(2, MAX_FRAMES);
  return {
    id: reader.field('id').pattern(idPattern, 32, 'an id'),
    frame: reader.field('frame').integer(0, frames - 1),
    frames,
  };
}

/** A head as the list has it. */
export function listed({ schema, removed, ...head }: HeadRecord): Head {
  return head;
}

/** A body as it was stored; null when there is no picture in it. What else is in it may be unreadable, and is null then. */
export function readBody(value: unknown, head: Head): KeptPicture | null {
  const json = migrate('body', value);
  if (!(json?.png instanceof Blob)) return null;
  const { png, recipe, steps } = json;
  return {
    head,
    png,
    recipe: typeof recipe === 'string' ? recipeIn(recipe) : null,
    steps: steps instanceof Uint8Array && steps.length ? decodeSteps(steps) : null,
  };
}

function recipeIn(text: string): KeptPicture['recipe'] {
  try {
    return readRecipeText(text);
  } catch {
    return null;
  }
}
