// What opening a checkpoint may cost, however it is made: one sum for every list that is filled and every walk through it.
import { UserError } from '../errors.ts';

/**
 * Bytes. A model of 500 tensors with its optimiser takes 2 MB, a history of 600,000 numbers 40; a file that is built to
 * cost more ends here, within about a second.
 */
const limit = 200_000_000;

/** Bytes that a thing takes in memory, as JavaScript engines hold it; generous, as they grow tables by doubling. */
export const cost = {
  /** A place in a list, and any step that allocates nothing. */
  slot: 8,
  number: 16,
  /** Besides its characters, two bytes each. */
  text: 32,
  object: 64,
  view: 128,
  emptyMap: 256,
  mapItem: 64,
  /** An error and the sentence that it brings. */
  complaint: 1000,
  /** A small read of the file. Not memory but time: a browser takes about 0.1 ms. */
  read: 10_000,
} as const;

export interface Budget {
  /** @throws {UserError} once everything spent is more than any checkpoint needs */
  spend(bytes: number): void;
}

/** For one file, from opening it to naming its tensors. */
export function openingBudget(): Budget {
  let spent = 0;
  return {
    spend(bytes) {
      spent += bytes;
      if (spent > limit) {
        throw new UserError(
          'checkpoint',
          "The file's contents take more memory or work to read than any model's, without its weights: save only the model's state_dict with torch.save.",
        );
      }
    },
  };
}
