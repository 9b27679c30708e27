// From what a recipe says to what the denoiser takes.
import { decodeFloats } from '../recipe/base64.ts';
import type { RecipeCondition } from '../recipe/condition.ts';
import { loadNamesIn } from '../tokenizer/htmlUnescape.ts';
import { readLength } from '../tokenizer/readLength.ts';
import type { Condition } from '../types.ts';
import type { Engine } from './engine.ts';
import { greatCircle, type Weighted, weightedSum } from './sphere.ts';

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
 * Makes unit vectors of conditions; a text is encoded once, however many recipes have it, and wherever in them. What to
 * avoid gets the model's prefix as well, so that the two branches of guidance differ in the words alone.
 * @throws {UserError} `recipe` where parts cancel out
 */
export function createEvaluator(
  engine: Pick<Engine, 'manifest' | 'tokenize' | 'encodeText'>,
): (condition: RecipeCondition) => Promise<Evaluated> {
  const { defaults, clip } = engine.manifest;
  const encoded = new Map<string, Condition>();

  async function vectorOfText(text: string, readings: Reading[]): Promise<Condition> {
    const known = encoded.get(text);
    if (known) return known;
    await loadNamesIn(defaults.promptPrefix + text);
    const { ids, tokenCount, truncated } = engine.tokenize(defaults.promptPrefix + text);
    const vector = await engine.encodeText(ids);
    encoded.set(text, vector);
    const read = readLength(engine.tokenize, defaults.promptPrefix, text);
    readings.push({ tokenCount, tokenLimit: clip.contextLength, truncated, read });
    return vector;
  }

  async function vectorOf(given: RecipeCondition, readings: Reading[]): Promise<Condition> {
    const inner = (condition: RecipeCondition) => vectorOf(condition, readings);
    switch (given.kind) {
      case 'text':
        return vectorOfText(given.text, readings);
      case 'embedding':
        return decodeFloats(given.values) as Condition;
      case 'mix': {
        const parts: Weighted[] = [];
        for (const { condition, weight } of given.parts) {
          parts.push({ vector: await inner(condition), weight });
        }
        return weightedSum(parts);
      }
      case 'between':
        return greatCircle(await inner(given.from), await inner(given.to), given.at);
      case 'direction': {
        const { strength } = given;
        const base = await inner(given.base);
        // The base itself, bit for bit: to bring it to length 1 again may round.
        if (strength === 0) return base;
        const from = await inner(given.from);
        const to = await inner(given.to);
        return weightedSum([
          { vector: base, weight: 1 },
          { vector: to, weight: strength },
          { vector: from, weight: -strength },
        ]);
      }
      default:
        return given satisfies never;
    }
  }

  return async (given) => {
    const readings: Reading[] = [];
    return { condition: await vectorOf(given, readings), readings };
  };
}
