import { UserError } from '../errors.ts';

/** A failure nobody foresaw keeps its own words. */
export function asUserError(error: unknown): UserError {
  if (error instanceof UserError) return error;
  const words = error instanceof Error ? error.message : String(error);
  return new UserError('internal', `Something went wrong that should not: ${words}`, { cause: error });
}
