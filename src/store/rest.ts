// What a run still has to make, and where each picture had come to: enough for another engine to go on.
import type { RunEvent } from '../events.ts';
import type { Begun } from '../recipe/begun.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { ImageTokens } from '../types.ts';

export interface Rest {
  /** Takes note of what the engine says, by the places in the whole run. */
  hear(event: RunEvent): void;
  /** Places of the pictures that are missing, and where each goes on. */
  missing(): { readonly places: readonly number[]; readonly begun: readonly (Begun | null)[] };
  /** Pictures that have begun begin anew: another precision would draw them to another end. */
  beginAnew(): void;
}

/** Of a run before its first event. */
export function createRest(recipes: readonly Recipe[]): Rest {
  const begun: (Begun | null)[] = recipes.map(() => null);
  const isMade = recipes.map(() => false);
  return {
    hear(event) {
      if (event.type === 'image') isMade[event.index] = true;
      if (event.type !== 'step') return;
      const { step, steps, indices, tokens } = event.progress;
      // The last step is taken again: its tokens are not all that the picture is made of.
      if (step === steps) return;
      const positions = tokens.length / indices.length;
      for (const [row, index] of indices.entries()) {
        begun[index] = { step, tokens: tokens.slice(row * positions, (row + 1) * positions) as ImageTokens };
      }
    },
    missing() {
      const places = [...isMade.keys()].filter((place) => !isMade[place]);
      return { places, begun: places.map((place) => begun[place]) };
    },
    beginAnew: () => void begun.fill(null),
  };
}

/** What an engine says of the recipes at some places of a run, as said of the whole run. */
export function atPlaces(event: RunEvent, places: readonly number[]): RunEvent {
  switch (event.type) {
    case 'encoded':
    case 'image':
      return { ...event, index: places[event.index] };
    case 'preview':
      return { ...event, indices: event.indices.map((index) => places[index]) };
    case 'step': {
      const indices = event.progress.indices.map((index) => places[index]);
      return { ...event, progress: { ...event.progress, indices } };
    }
    default:
      return event satisfies never;
  }
}
