// Conditions made into vectors, with numbers worked out by hand.
import { describe, expect, it } from 'vitest';
import { createEvaluator } from '../../src/engine/evaluate.ts';
import { embeddingCondition, type RecipeCondition } from '../../src/recipe/condition.ts';
import type { Condition } from '../../src/types.ts';
import { microManifest } from '../support/page.ts';
import { refusal } from '../support/refusal.ts';

/** What the encoder makes of these texts; each is encoded but once. */
const texts: Readonly<Record<string, readonly number[]>> = {
  east: [1, 0, 0, 0],
  west: [-1, 0, 0, 0],
  north: [0, 1, 0, 0],
  up: [0, 0, 1, 0],
};
const text = (words: keyof typeof texts): RecipeCondition => ({ kind: 'text', text: words });
const embedding = (...values: number[]) => embeddingCondition(Float32Array.from(values));

function evaluator() {
  const encoded: string[] = [];
  let asked = '';
  const evaluate = createEvaluator({
    manifest: microManifest,
    tokenize(given) {
      asked = given;
      return { ids: new Int32Array(77) as never, tokenCount: 3, truncated: false };
    },
    async encodeText() {
      encoded.push(asked);
      return Float32Array.from(texts[asked]) as Condition;
    },
  });
  return { encoded, evaluate };
}

const vectorOf = async (condition: RecipeCondition) => (await evaluator().evaluate(condition)).condition;

async function expectVector(condition: RecipeCondition, expected: readonly number[]): Promise<void> {
  const vector = await vectorOf(condition);
  expect([...vector]).toEqual(expected.map((value) => expect.closeTo(value, 6)));
  expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
}

const between = (from: RecipeCondition, to: RecipeCondition, at: number): RecipeCondition => ({
  kind: 'between',
  from,
  to,
  at,
});

describe('a condition', () => {
  it('of an embedding is its numbers, bit for bit', async () => {
    const values = Float32Array.of(0.6, -0.8, 1e-9, 0);
    expect(await vectorOf(embeddingCondition(values))).toEqual(values);
  });

  it('mixed is the weighted sum, of length 1', async () => {
    const mix = (...parts: [RecipeCondition, number][]): RecipeCondition => ({
      kind: 'mix',
      parts: parts.map(([condition, weight]) => ({ condition, weight })),
    });
    // (3, 4, 0, 0) / 5, and (2, -1, 2, 0) / 3.
    await expectVector(mix([text('east'), 3], [text('north'), 4]), [0.6, 0.8, 0, 0]);
    await expectVector(mix([text('east'), 2], [text('north'), -1], [text('up'), 2]), [
      2 / 3,
      -1 / 3,
      2 / 3,
      0,
    ]);
    await expectVector(mix([text('west'), 0.01]), [-1, 0, 0, 0]);
  });

  it('between two lies on their great circle', async () => {
    // Thirds of a right angle; and of 2 * acos(0.8), whose middle is the sum, (1.6, 0) / 1.6.
    await expectVector(between(text('east'), text('north'), 1 / 3), [Math.sqrt(3) / 2, 0.5, 0, 0]);
    await expectVector(between(embedding(0.8, 0.6, 0, 0), embedding(0.8, -0.6, 0, 0), 0.5), [1, 0, 0, 0]);
    await expectVector(between(text('up'), text('up'), 0.3), [0, 0, 1, 0]);
    // Near one another: a tenth of the way is a tenth of the angle.
    await expectVector(between(text('east'), embedding(1, 1e-4, 0, 0), 0.1), [1, 1e-5, 0, 0]);
  });

  it('at an end of the way between two is that one, bit for bit', async () => {
    // As far from length 1 as a recipe may be: to bring them there would change them.
    const one = Float32Array.of(0.1, 0.3, -0.5, 0.8057);
    const other = Float32Array.of(0.7, -0.1, 0.7, 0.0995);
    const way = (at: number) => vectorOf(between(embeddingCondition(one), embeddingCondition(other), at));
    expect(await way(0)).toEqual(one);
    expect(await way(1)).toEqual(other);
    expect(await way(0.5)).not.toEqual(one);
  });

  it('with a direction goes along it; strength 0 is the base, bit for bit', async () => {
    const base = Float32Array.of(0.1, 0.3, -0.5, 0.8057);
    const along = (strength: number, from = text('east')): RecipeCondition => ({
      kind: 'direction',
      base: strength ? text('up') : embeddingCondition(base),
      from,
      to: text('north'),
      strength,
    });
    // (0, 0, 1) + 2 (-1, 1, 0) = (-2, 2, 1), of length 3; and - 2 times it (2, -2, 1).
    await expectVector(along(2), [-2 / 3, 2 / 3, 1 / 3, 0]);
    await expectVector(along(-2), [2 / 3, -2 / 3, 1 / 3, 0]);
    await expectVector(along(5, text('north')), [0, 0, 1, 0]);
    expect(await vectorOf(along(0))).toEqual(base);
  });

  it('may lie in others, and each text is encoded once', async () => {
    const { encoded, evaluate } = evaluator();
    const middle = between(text('east'), text('north'), 0.5);
    const nested: RecipeCondition = {
      kind: 'direction',
      base: { kind: 'mix', parts: [{ condition: middle, weight: Math.SQRT2 }] },
      from: text('east'),
      to: between(text('up'), text('west'), 0),
      strength: 1,
    };
    // (1, 1, 0) / sqrt 2 is the base: adding (-1, 0, 1) gives (h - 1, h, 1).
    const h = Math.SQRT1_2;
    const sum = [h - 1, h, 1, 0];
    const { condition, readings } = await evaluate(nested);
    expect([...condition]).toEqual(sum.map((value) => expect.closeTo(value / Math.hypot(...sum), 6)));
    expect(encoded).toEqual(['east', 'north', 'up', 'west']);
    expect(readings).toHaveLength(4);
    expect((await evaluate(middle)).readings).toEqual([]);
    expect(encoded).toHaveLength(4);
  });

  it.each<[string, RecipeCondition, string]>([
    [
      'opposite parts',
      {
        kind: 'mix',
        parts: [
          { condition: text('east'), weight: 2 },
          { condition: text('west'), weight: 2 },
        ],
      },
      'parts of this prompt cancel out',
    ],
    [
      'parts that leave nothing but rounding',
      {
        kind: 'mix',
        parts: [
          { condition: text('east'), weight: 2 },
          { condition: embedding(-1, 1e-6, 0, 0), weight: 2 },
        ],
      },
      'parts of this prompt cancel out',
    ],
    ['opposite ends', between(text('west'), text('east'), 0.5), 'ends of this prompt are opposite'],
    ['nearly opposite ends', between(text('west'), embedding(1, 1e-4, 0, 0), 0.5), 'are opposite'],
    [
      'a base that is taken away',
      {
        kind: 'direction',
        base: text('east'),
        from: between(text('east'), text('north'), 0),
        to: { kind: 'mix', parts: [{ condition: text('west'), weight: 1 }] },
        strength: 0.5,
      },
      'cancel out',
    ],
  ])('is refused in one sentence for %s', async (_, condition, message) => {
    expect(await refusal(() => vectorOf(condition))).toContain(message);
  });
});
