// A question to the engine about a picture, while the model that it is asked of may go.
import { UserError } from '../errors.ts';

/**
 * What the engine answers.
 * @param reopenPack opens the model again whose worker is gone
 * @param replaced said where another model took its place before it answered
 * @throws {UserError}
 */
export async function engineAnswer<Answer>(
  answer: Promise<Answer>,
  reopenPack: () => Promise<void>,
  replaced: string,
): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof UserError && error.code === 'lost') void reopenPack();
    if (!(error instanceof DOMException)) throw error;
    throw new UserError('recipe', replaced);
  }
}
