// From what a recipe says to what the denoiser takes.
import type { RecipeCondition } from '../recipe/condition.ts';
import { readLength } from '../tokenizer/readLength.ts';
import type { Condition } from '../types.ts';
import type { Engine } from './engine.ts';

/** How much of a text CLIP reads. */
export interface Reading {
  readonly tokenCount: number;
  readonly tokenLimit: number;
  readonly truncated: boolean;
  /** Characters of the text that are read. */
  readonly read: number;
}

export interface Evaluated {
  readonly condition: Condition;
  /** Of the texts that were met for the first time. */
  readonly readings: readonly Reading[];
}

/**
 * Makes unit vectors of conditions; a text is encoded once, however many recipes have it. What to avoid gets the model's
 * prefix as well, so that the two branches of guidance differ in the words alone.
 */
export function createEvaluator(
  engine: Pick<Engine, 'manifest' | 'tokenize' | 'encodeText'>,
): (condition: RecipeCondition) => Promise<Evaluated> {
  const { defaults, clip } = engine.manifest;
  const encoded = new Map<string, Condition>();
  return async (given) => {
    if (given.kind !== 'text') throw new TypeError(`No ${given.kind} can be computed yet.`);
    const { text } = given;
    const known = encoded.get(text);
    if (known) return { condition: known, readings: [] };
    const { ids, tokenCount, truncated } = engine.tokenize(defaults.promptPrefix + text);
    const condition = await engine.encodeText(ids);
    encoded.set(text, condition);
    const read = readLength(engine.tokenize, defaults.promptPrefix, text);
    return { condition, readings: [{ tokenCount, tokenLimit: clip.contextLength, truncated, read }] };
  };
}
