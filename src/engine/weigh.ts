// How close CLIP finds a picture to texts.
import { cosine } from '../diffusion/rank.ts';
import type { PictureQuestion } from '../events.ts';
import { checkTokens } from './checkTokens.ts';
import type { Engine } from './engine.ts';
import { messages } from './messages.ts';

type WeighingEngine = Pick<Engine, 'manifest' | 'tokenize' | 'encodeText' | 'encodeImage' | 'decode'>;

/**
 * @param signal ends it between two embeddings, by throwing its reason
 * @returns cosines. [texts]
 * @throws {UserError} `settings` for tokens that the opened model does not have
 */
export async function weigh(
  engine: WeighingEngine,
  { tokens, texts }: Extract<PictureQuestion, { kind: 'weigh' }>,
  signal: AbortSignal,
): Promise<Float32Array> {
  checkTokens(tokens, engine.manifest);
  const picture = await engine.encodeImage(await engine.decode(tokens));
  const cosines = new Float32Array(texts.length);
  for (const [i, text] of texts.entries()) {
    await messages(signal);
    const { ids } = engine.tokenize(engine.manifest.defaults.promptPrefix + text);
    cosines[i] = cosine(picture, await engine.encodeText(ids));
  }
  return cosines;
}
