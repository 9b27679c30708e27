// From JSON of this version to a recipe. Older versions go through migrate.ts first.
import { needsGuidance } from '../diffusion/guidance.ts';
import { looksFor } from '../diffusion/redraw.ts';
import { packIdPattern } from '../pack/packTypes.ts';
import { samplers, type Truncation } from '../types.ts';
import { readCondition } from './condition.ts';
import { RecipeReader, type RecipeSource, refusal } from './reader.ts';
import {
  MAX_GUIDANCE,
  MAX_SEED,
  MAX_STEPS,
  RECIPE_VERSION,
  type Recipe,
  type RecipeModel,
} from './recipe.ts';
import { readStart } from './start.ts';

const MAX_ID = 64;
const MAX_CODES = 1 << 20;

/** Every field of a recipe, in the order in which they are written. */
export const recipeFields = [
  'version',
  'model',
  'condition',
  'avoid',
  'start',
  'seed',
  'steps',
  'guidance',
  'truncation',
  'redraw',
  'looks',
  'sampler',
  'arithmetic',
] as const satisfies readonly (keyof Recipe)[];

/**
 * Checks every field of a recipe of this version.
 * @throws {UserError} `recipe`, with everything that is wrong in at most 300 characters
 */
export function parseRecipe(value: unknown, source: RecipeSource): Recipe {
  const reader = new RecipeReader(value, '', []);
  reader.only(recipeFields);
  const avoided = reader.field('avoid');
  const looks = reader.field('looks');
  const recipe: Recipe = {
    version: readVersion(reader.field('version')),
    model: readModel(reader.field('model')),
    condition: readCondition(reader.field('condition')),
    ...(avoided.value !== undefined && { avoid: readCondition(avoided) }),
    start: readStart(reader.field('start')),
    seed: reader.field('seed').integer(0, MAX_SEED),
    steps: reader.field('steps').integer(1, MAX_STEPS),
    guidance: reader.field('guidance').number(0, MAX_GUIDANCE),
    truncation: readTruncation(reader.field('truncation')),
    redraw: reader.field('redraw').number(0, 1),
    ...(looks.value !== undefined && { looks: looks.integer(1, 1) as 1 }),
    sampler: reader.field('sampler').oneOf(samplers) ?? 'exact',
    arithmetic: reader.field('arithmetic').oneOf(['single', 'half']) ?? 'single',
  };
  if (recipe.avoid && !needsGuidance(recipe.guidance)) avoided.fault('left out where guidance is 1', null);
  if (recipe.looks && looksFor(recipe.redraw) <= 1)
    looks.fault('left out where one look is what it takes', null);
  if (reader.faults.length) throw refusal(source, reader.faults);
  return recipe;
}

function readVersion(reader: RecipeReader): typeof RECIPE_VERSION {
  return reader.value === RECIPE_VERSION
    ? RECIPE_VERSION
    : reader.fault(String(RECIPE_VERSION), RECIPE_VERSION);
}

function readModel(reader: RecipeReader): RecipeModel {
  reader.only(['id', 'fingerprint']);
  const fingerprint = reader.field('fingerprint');
  return {
    id: reader.field('id').pattern(packIdPattern, MAX_ID, "a pack's name"),
    fingerprint:
      fingerprint.value === null
        ? null
        : fingerprint.pattern(/^[0-9a-f]{24}$/, 24, '24 hexadecimal digits or null'),
  };
}

function readTruncation(reader: RecipeReader): Truncation {
  const kind = reader.kind(['none', 'topR', 'topK']);
  switch (kind) {
    case null:
      return { kind: 'none' };
    case 'none':
      reader.only(['kind']);
      return { kind };
    case 'topR':
      reader.only(['kind', 'r']);
      return { kind, r: reader.field('r').number(0, 1) };
    case 'topK':
      reader.only(['kind', 'k']);
      return { kind, k: reader.field('k').integer(1, MAX_CODES) };
    default:
      return kind satisfies never;
  }
}
