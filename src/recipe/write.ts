// A recipe as text: one text for one recipe, so that texts can be compared, hashed and stored.
import type { Truncation } from '../types.ts';
import { orderedCondition } from './condition.ts';
import type { Recipe } from './recipe.ts';
import { orderedStart } from './start.ts';

/**
 * Canonical JSON: the fields in their one order, numbers as ECMAScript writes them, nothing between.
 * `{"version":4,"model":{"id":"faces","fingerprint":null},"condition":{"kind":"text","text":"a hat"}, ...}`
 */
export function writeRecipe(recipe: Recipe): string {
  const { version, model, condition, avoid, start, seed, steps, guidance } = recipe;
  const { truncation, redraw, looks, sampler, arithmetic } = recipe;
  const ordered: Recipe = {
    version,
    model: { id: model.id, fingerprint: model.fingerprint },
    condition: orderedCondition(condition),
    ...(avoid && { avoid: orderedCondition(avoid) }),
    start: orderedStart(start),
    seed,
    steps,
    guidance,
    truncation: orderedTruncation(truncation),
    redraw,
    ...(looks && { looks }),
    sampler,
    arithmetic,
  };
  return JSON.stringify(ordered);
}

/** Whether both make the same picture: all their fields agree. */
export function sameRecipe(one: Recipe, other: Recipe): boolean {
  return writeRecipe(one) === writeRecipe(other);
}

function orderedTruncation(truncation: Truncation): Truncation {
  const { kind } = truncation;
  switch (kind) {
    case 'none':
      return { kind };
    case 'topR':
      return { kind, r: truncation.r };
    case 'topK':
      return { kind, k: truncation.k };
    default:
      return truncation satisfies never;
  }
}
