// Where a picture had come to when the engine that made it was lost. As each random number is a hash of where it is used,
// tokens and the number of steps are all that going on needs: what follows is bit for bit what would have followed.
import type { ImageTokens } from '../types.ts';

export interface Begun {
  /** Steps done, fewer than the recipe has: the last one is taken again, for the picture is made of what it guesses. */
  readonly step: number;
  /** x after them. [positions] */
  readonly tokens: ImageTokens;
}
