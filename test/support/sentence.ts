import { UserError } from '../../src/errors.ts';

/** The sentence a person would read; fails on any other kind of error, and where there is none. */
export async function sentence(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof UserError && error.code === 'checkpoint') return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}
