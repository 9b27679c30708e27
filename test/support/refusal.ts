import { expect } from 'vitest';
import { UserError } from '../../src/errors.ts';

/** The sentence with which a recipe is refused, checked for what holds of every one; fails where nothing is refused. */
export async function refusal(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    return checkedRefusal(error);
  }
  throw new Error('nothing was refused');
}

/** The message of a refusal; every other error passes. */
export function checkedRefusal(error: unknown): string {
  if (!(error instanceof UserError) || (error.code !== 'recipe' && error.code !== 'settings')) throw error;
  expect(error.message.length, error.message).toBeLessThanOrEqual(300);
  // Foreign text in it can neither break the line nor turn it around.
  expect(error.message).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  expect(error.message).toMatch(/\.$/);
  return error.message;
}
