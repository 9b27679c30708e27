// Where in a picture two texts differ, as the denoiser has it: its guess at a part of the tokens, given the others, under the
// one and under the other.
import { divergence } from '../diffusion/divergence.ts';
import { seededNoise } from '../diffusion/random.ts';
import type { PictureQuestion } from '../events.ts';
import { timestepOfMasked } from '../recipe/maskedStart.ts';
import type { Condition, ImageTokens } from '../types.ts';
import { checkTokens } from './checkTokens.ts';
import type { Engine } from './engine.ts';
import { messages } from './messages.ts';

type LocatingEngine = Pick<Engine, 'manifest' | 'tokenize' | 'encodeText' | 'denoiser'>;

/** Keeps these draws apart from those of the chain, whose classes are below it. */
const HALVES = 0x68616c66;

/**
 * Two evaluations of the denoiser: each half of the tokens is masked once, and guessed from the other half.
 * @param signal ends it between two evaluations, by throwing its reason
 * @returns KL divergence of p(x_0) under `asked` from that under `other`, in nats. [positions]
 * @throws {UserError} `settings` for tokens that the opened model does not have
 */
export async function locate(
  engine: LocatingEngine,
  { tokens, asked, other }: Extract<PictureQuestion, { kind: 'locate' }>,
  signal: AbortSignal,
): Promise<Float32Array> {
  const { manifest, denoiser } = engine;
  const { codebookSize: codes, defaults } = manifest;
  checkTokens(tokens, manifest);
  const vectors: Condition[] = [];
  for (const text of [asked, other]) {
    vectors.push(await engine.encodeText(engine.tokenize(defaults.promptPrefix + text).ids));
    await messages(signal);
  }
  const predict = await denoiser.condition(vectors, [null, null], 1);
  const noise = seededNoise(0);
  const half = Array.from(tokens, (_, position) => noise(0, position, HALVES) < 0.5);
  const positions = tokens.length;
  const apart = new Float32Array(positions);
  for (const free of [half, half.map((is) => !is)]) {
    const seen = new Int32Array(2 * positions) as ImageTokens;
    for (let i = 0; i < seen.length; i++) seen[i] = free[i % positions] ? codes : tokens[i % positions];
    const logits = await predict(seen, timestepOfMasked(free, manifest));
    for (let i = 0; i < positions; i++) {
      if (free[i]) apart[i] = divergence(logits, i * codes, (positions + i) * codes, codes);
    }
    await messages(signal);
  }
  return apart;
}
