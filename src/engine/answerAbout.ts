import type { PictureQuestion } from '../events.ts';
import type { Engine } from './engine.ts';
import { locate } from './locate.ts';
import { weigh } from './weigh.ts';

/** @throws {UserError} as of weigh() and locate(); the signal's reason */
export function answerAbout(
  engine: Engine,
  question: PictureQuestion,
  signal: AbortSignal,
): Promise<Float32Array> {
  return question.kind === 'weigh' ? weigh(engine, question, signal) : locate(engine, question, signal);
}
