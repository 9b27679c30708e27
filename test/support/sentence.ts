import { UserError } from '../../src/errors.ts';

/** The sentence a person would read where a checkpoint is refused, undefined where it is not; other errors pass. */
export async function refusalOf(work: () => unknown): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof UserError && error.code === 'checkpoint') return error.message;
    throw error;
  }
}

/** The sentence a person would read; fails where nothing is refused. */
export async function sentence(work: () => unknown): Promise<string> {
  const message = await refusalOf(work);
  if (message === undefined) throw new Error('nothing was refused');
  return message;
}
