// How close CLIP finds a picture to texts, as it is and with parts of it hidden: what the score depends on.
import { cosine } from '../diffusion/rank.ts';
import { UserError } from '../errors.ts';
import type { WeighQuestion } from '../events.ts';
import type { Condition, Pixels } from '../types.ts';
import type { Size } from './clipImage.ts';
import type { Engine } from './engine.ts';
import { messages } from './messages.ts';

type WeighingEngine = Pick<Engine, 'manifest' | 'tokenize' | 'encodeText' | 'encodeImage' | 'decode'>;

/**
 * One decoding, and an embedding for each text and each hiding. What is hidden has the mean colour of the tokens around it.
 * @param signal ends it between two embeddings, by throwing its reason
 * @returns cosines. [1 + hidden, texts]
 * @throws {UserError} `settings` for tokens that the opened model does not have
 */
export async function weigh(
  engine: WeighingEngine,
  { tokens, texts, hidden }: WeighQuestion,
  signal: AbortSignal,
): Promise<Float32Array> {
  const { manifest } = engine;
  const { grid, codebookSize, defaults, image } = manifest;
  if (
    tokens.length !== grid.rows * grid.columns ||
    !tokens.every((token) => token >= 0 && token < codebookSize)
  ) {
    throw new UserError('settings', 'This picture’s tokens are not of the model that is open: open its own.');
  }
  const vectors: Condition[] = [];
  for (const text of texts) {
    vectors.push(await engine.encodeText(engine.tokenize(defaults.promptPrefix + text).ids));
    await messages(signal);
  }
  const pixels = await engine.decode(tokens);
  const cosines = new Float32Array((1 + hidden.length) * texts.length);
  for (const [row, covered] of [[], ...hidden].entries()) {
    await messages(signal);
    const seen = covered.length ? withHidden(pixels, covered, grid, image) : pixels;
    const embedding = await engine.encodeImage(seen);
    for (const [column, vector] of vectors.entries()) {
      cosines[row * texts.length + column] = cosine(embedding, vector);
    }
  }
  return cosines;
}

/** A copy in which these tokens have the mean colour of those around them, or of all where none is left. */
export function withHidden(
  pixels: Pixels,
  covered: readonly number[],
  { rows, columns }: { readonly rows: number; readonly columns: number },
  { width, height }: Size,
): Pixels {
  const isCovered = new Uint8Array(rows * columns);
  for (const token of covered) isCovered[token] = 1;
  const isBeside = new Uint8Array(rows * columns);
  for (const token of covered) {
    const row = Math.floor(token / columns);
    const column = token % columns;
    for (let r = Math.max(0, row - 1); r <= Math.min(rows - 1, row + 1); r++) {
      for (let c = Math.max(0, column - 1); c <= Math.min(columns - 1, column + 1); c++) {
        if (!isCovered[r * columns + c]) isBeside[r * columns + c] = 1;
      }
    }
  }
  const counts = isBeside.includes(1) ? isBeside : isBeside.fill(1);
  const area = width * height;
  const tokenOf = (i: number) =>
    Math.floor((Math.floor(i / width) * rows) / height) * columns +
    Math.floor(((i % width) * columns) / width);
  const out = pixels.slice() as Pixels;
  for (let plane = 0; plane < 3; plane++) {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < area; i++) {
      if (!counts[tokenOf(i)]) continue;
      sum += pixels[plane * area + i];
      count++;
    }
    for (let i = 0; i < area; i++) if (isCovered[tokenOf(i)]) out[plane * area + i] = sum / count;
  }
  return out;
}
