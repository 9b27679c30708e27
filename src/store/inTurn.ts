// Recipes whose pictures go on from one another: each is made when the tokens of the one before are known.
import type { RunEvent } from '../events.ts';
import type { PackManifest } from '../pack/manifest.ts';
import { continued } from '../recipe/film.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { EngineClient } from '../worker/client.ts';

/**
 * Makes them one after the other, as if they were one run.
 * @param recipes as of filmed()
 * @param onRecipe told of each, before it is made, with all that it begins with
 */
export function generateInTurn(
  generate: EngineClient['generate'],
  model: Pick<PackManifest, 'codebookSize'>,
  onRecipe: (index: number, recipe: Recipe) => void,
): EngineClient['generate'] {
  return async (recipes, onEvent, signal) => {
    let former: ArrayLike<number> = [];
    for (const [index, planned] of recipes.entries()) {
      const recipe = index ? continued(planned, former, model) : planned;
      onRecipe(index, recipe);
      const { cancelled } = await generate(
        [recipe],
        (event) => {
          if (event.type === 'step') former = event.progress.tokens;
          onEvent(placed(event, index));
        },
        signal,
      );
      if (cancelled) return { cancelled };
    }
    return { cancelled: false };
  };
}

/** What was said of the only recipe of a run, said of one at a place. */
function placed(event: RunEvent, index: number): RunEvent {
  switch (event.type) {
    case 'step':
      return { ...event, progress: { ...event.progress, indices: [index] } };
    case 'preview':
      return { ...event, indices: [index] };
    case 'encoded':
    case 'image':
      return { ...event, index };
    default:
      return event satisfies never;
  }
}
