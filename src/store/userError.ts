import { UserError } from '../errors.ts';
import { storageFailure } from '../library/storageFailure.ts';

/** A failure nobody foresaw keeps its own words. */
export function asUserError(error: unknown): UserError {
  if (error instanceof UserError) return error;
  const known = storageFailure(error, 'A file that is needed is gone, or was changed: choose it again.');
  if (known instanceof UserError) return known;
  const words = error instanceof Error ? error.message : String(error);
  return new UserError('internal', `Something went wrong that should not: ${words}`, { cause: error });
}
