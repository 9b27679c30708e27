import { expect } from 'vitest';
import { type ErrorCode, UserError } from '../../src/errors.ts';

/** The input is at fault, and nothing of ours. */
const inputCodes: readonly ErrorCode[] = ['recipe', 'settings', 'checkpoint', 'pack-invalid', 'pack-corrupt'];

/** The sentence with which an input is refused, checked for what holds of every one; fails where nothing is refused. */
export async function refusal(work: () => unknown, codes = inputCodes): Promise<string> {
  const message = await refusalOf(work, codes);
  if (message === undefined) throw new Error('nothing was refused');
  return message;
}

/** The same, and undefined where nothing is refused. */
export async function refusalOf(work: () => unknown, codes = inputCodes): Promise<string | undefined> {
  try {
    await work();
  } catch (error) {
    return checkedRefusal(error, codes);
  }
  return undefined;
}

/** The message of a refusal; every other error passes. */
export function checkedRefusal(error: unknown, codes = inputCodes): string {
  if (!(error instanceof UserError) || !codes.includes(error.code)) throw error;
  expect(error.message.length, error.message).toBeLessThanOrEqual(300);
  // Foreign text in it can neither break the line nor turn it around.
  expect(error.message).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  expect(error.message).toMatch(/\.$/);
  return error.message;
}
