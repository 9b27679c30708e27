// Recipes whose pictures go on from one another: each is made when the tokens of the one before are known.
import type { RunEvent } from '../events.ts';
import type { PackManifest } from '../pack/manifest.ts';
import type { Begun } from '../recipe/begun.ts';
import { continued } from '../recipe/film.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { EngineClient } from '../worker/client.ts';
import { atPlaces } from './rest.ts';

/** An engine that is also told where in the whole run its recipes stand. */
export type Generate = (
  recipes: readonly Recipe[],
  onEvent: (event: RunEvent) => void,
  signal: AbortSignal,
  begun: readonly (Begun | null)[] | undefined,
  places: readonly number[],
) => ReturnType<EngineClient['generate']>;

/**
 * Makes them one after the other, as if they were one run. Where the engine broke off it is called again for the rest, and
 * knows the tokens that it goes on from.
 * @param onRecipe told of each, before it is made, with all that it begins with
 */
export function generateInTurn(
  generate: EngineClient['generate'],
  model: Pick<PackManifest, 'codebookSize'>,
  onRecipe: (place: number, recipe: Recipe) => void,
): Generate {
  let former: ArrayLike<number> = [];
  return async (recipes, onEvent, signal, begun, places) => {
    for (const [index, planned] of recipes.entries()) {
      const recipe = continued(planned, former, model);
      onRecipe(places[index], recipe);
      const { cancelled } = await generate(
        [recipe],
        (event) => {
          if (event.type === 'step') former = event.progress.tokens;
          onEvent(atPlaces(event, [index]));
        },
        signal,
        begun?.[index] ? [begun[index]] : undefined,
      );
      if (cancelled) return { cancelled };
    }
    return { cancelled: false };
  };
}
