// What a picture should show: a small language of its own. The engine makes one unit vector of it.
import { decodeFloats, encodeFloats } from './base64.ts';
import type { RecipeReader } from './reader.ts';

/** Longer prompts say nothing that CLIP would read. In characters. */
export const MAX_TEXT = 10_000;
/** Length of the longest embedding. */
export const MAX_EMBEDDING = 4096;
const MAX_EMBEDDING_TEXT = Math.ceil((4 * MAX_EMBEDDING) / 3) * 4;
export const MAX_WEIGHT = 100;
export const MAX_PARTS = 16;
/** How deep conditions may lie in one another, and how many of them there may be in all. */
export const MAX_DEPTH = 8;
export const MAX_CONDITIONS = 64;

export type RecipeCondition =
  /** The model's prompt prefix comes before it. */
  | { readonly kind: 'text'; readonly text: string }
  /** CLIP's embedding of a picture: float32, little-endian, base64; a unit vector. [conditionSize] */
  | { readonly kind: 'embedding'; readonly values: string }
  /** The weighted sum, brought to length 1. */
  | { readonly kind: 'mix'; readonly parts: readonly WeightedCondition[] }
  /** The point of the great circle from one to the other; `at` 0 is the one, 1 the other. */
  | {
      readonly kind: 'between';
      readonly from: RecipeCondition;
      readonly to: RecipeCondition;
      readonly at: number;
    }
  /** base + strength * (to - from), brought to length 1. */
  | {
      readonly kind: 'direction';
      readonly base: RecipeCondition;
      readonly from: RecipeCondition;
      readonly to: RecipeCondition;
      readonly strength: number;
    };

export interface WeightedCondition {
  readonly condition: RecipeCondition;
  readonly weight: number;
}

/** @param values L2-normalised. [conditionSize] */
export function embeddingCondition(values: Float32Array): RecipeCondition {
  return { kind: 'embedding', values: encodeFloats(values) };
}

/** Stands for one that cannot be read; the recipe is refused then. */
const unread: RecipeCondition = { kind: 'text', text: '' };

const kinds = ['text', 'embedding', 'mix', 'between', 'direction'] as const;

/** Reads a condition; what is wrong is noted in the reader. */
export function readCondition(reader: RecipeReader): RecipeCondition {
  return readNested(reader, 1, { left: MAX_CONDITIONS });
}

function readNested(reader: RecipeReader, depth: number, budget: { left: number }): RecipeCondition {
  if (depth > MAX_DEPTH) return reader.fault(`nested at most ${MAX_DEPTH} deep`, unread);
  if (--budget.left < 0) return reader.fault(`one of at most ${MAX_CONDITIONS} conditions`, unread);
  const kind = reader.kind(kinds);
  const inner = (name: string) => readNested(reader.field(name), depth + 1, budget);
  switch (kind) {
    case null:
      return unread;
    case 'text': {
      reader.only(['kind', 'text']);
      return { kind, text: readText(reader.field('text')) };
    }
    case 'embedding': {
      reader.only(['kind', 'values']);
      return { kind, values: readEmbedding(reader.field('values')) };
    }
    case 'mix': {
      reader.only(['kind', 'parts']);
      return { kind, parts: readParts(reader.field('parts'), depth, budget) };
    }
    case 'between': {
      reader.only(['kind', 'from', 'to', 'at']);
      return { kind, from: inner('from'), to: inner('to'), at: reader.field('at').number(0, 1) };
    }
    case 'direction': {
      reader.only(['kind', 'base', 'from', 'to', 'strength']);
      const strength = reader.field('strength').number(-MAX_WEIGHT, MAX_WEIGHT);
      return { kind, base: inner('base'), from: inner('from'), to: inner('to'), strength };
    }
    default:
      return kind satisfies never;
  }
}

function readText(reader: RecipeReader): string {
  const text = reader.text(1, MAX_TEXT);
  return !text || text.trim() ? text : reader.fault('a text with something in it', '');
}

function readEmbedding(reader: RecipeReader): string {
  const expected = `base64 of at most ${MAX_EMBEDDING} float32 values, a vector of length 1`;
  const { value } = reader;
  if (typeof value !== 'string' || !value || value.length > MAX_EMBEDDING_TEXT) {
    return reader.fault(expected, '');
  }
  const floats = decodeFloats(value);
  if (!floats || !(Math.abs(Math.hypot(...floats) - 1) < 1e-3)) return reader.fault(expected, '');
  return value;
}

function readParts(reader: RecipeReader, depth: number, budget: { left: number }): WeightedCondition[] {
  const parts = reader.items(1, MAX_PARTS).map((part) => {
    part.only(['condition', 'weight']);
    return {
      condition: readNested(part.field('condition'), depth + 1, budget),
      weight: part.field('weight').number(-MAX_WEIGHT, MAX_WEIGHT),
    };
  });
  if (parts.length && parts.every(({ weight }) => weight === 0)) reader.fault('weights other than 0', null);
  return parts;
}

/** The same condition with its fields in the one order in which it is written. */
export function orderedCondition(condition: RecipeCondition): RecipeCondition {
  const { kind } = condition;
  switch (kind) {
    case 'text':
      return { kind, text: condition.text };
    case 'embedding':
      return { kind, values: condition.values };
    case 'mix': {
      const parts = condition.parts.map((part) => ({
        condition: orderedCondition(part.condition),
        weight: part.weight,
      }));
      return { kind, parts };
    }
    case 'between': {
      const { from, to, at } = condition;
      return { kind, from: orderedCondition(from), to: orderedCondition(to), at };
    }
    case 'direction': {
      const { base, from, to, strength } = condition;
      return {
        kind,
        base: orderedCondition(base),
        from: orderedCondition(from),
        to: orderedCondition(to),
        strength,
      };
    }
    default:
      return condition satisfies never;
  }
}
