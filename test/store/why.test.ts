// What the panel "Why this one" asks of the engine about a kept picture, and what it makes of the answers.
import { describe, expect, it } from 'vitest';
import type { KeptPicture } from '../../src/gallery/picture.ts';
import { embeddingCondition } from '../../src/recipe/condition.ts';
import { questionsOf } from '../../src/recipe/reading.ts';
import type { Question } from '../../src/store/relatedActions.ts';
import type { Wish } from '../../src/store/watched.ts';
import { leastSure, mendingOfWord, wordsOf } from '../../src/store/why.ts';
import { microRecipe } from '../support/page.ts';
import { headOf } from '../support/pictures.ts';
import { refusal } from '../support/refusal.ts';

const rows = [Int32Array.from({ length: 16 }, (_, i) => (i < 8 ? 1 : 5)), new Int32Array(16).fill(1)];
const kept: KeptPicture = {
  head: headOf(1, { width: 8, height: 8 }),
  png: new Blob(),
  recipe: { ...microRecipe, condition: { kind: 'text', text: 'a woman with red hair' } },
  steps: { mask: 5, rows },
};
const model = {
  grid: { rows: 4, columns: 4 },
  clipScale: 10,
  vocabulary: { words: ['hair'], groups: [{ name: 'hair', phrases: ['red hair', 'brown hair'] }] },
};
const { signal } = new AbortController();
const placesOf = (chosen: readonly boolean[]) => chosen.flatMap((is, i) => (is ? i : []));

describe('the words of a picture', () => {
  it('are read as their texts’ cosines say', async () => {
    const cosines: Record<string, number> = {
      'a woman': 0.4,
      'a picture': 0.1,
      'a woman with red hair': 0.3,
      'a woman with brown hair': 0.6,
    };
    const words = await wordsOf(
      kept,
      model,
      async (_, question) => {
        if (question.kind !== 'weigh') throw new Error('not CLIP');
        return Float32Array.from(question.texts, (text) => cosines[text]);
      },
      signal,
    );
    expect(words).toMatchObject([
      { phrase: 'a woman', rival: null, share: expect.closeTo(1 / (1 + Math.exp(-3)), 5) },
      { phrase: 'red hair', rival: 'brown hair', share: expect.closeTo(1 / (1 + Math.exp(3)), 5) },
    ]);
  });

  it('of a pushed picture are those that it began with; one of no prompt has none', async () => {
    const text = (words: string) => ({ kind: 'text', text: words }) as const;
    const base = text('a hat');
    const asked: string[] = [];
    const study = async (_: KeptPicture, question: Question) => {
      if (question.kind !== 'weigh') throw new Error('not CLIP');
      asked.push(...question.texts);
      return new Float32Array(question.texts.length);
    };
    const of = (condition: NonNullable<KeptPicture['recipe']>['condition']) => ({
      ...kept,
      recipe: { ...microRecipe, condition },
    });
    const pushed = of({ kind: 'direction', base, from: text('young'), to: text('old'), strength: 1 });
    await wordsOf(pushed, model, study, signal);
    expect(asked).toEqual(['a hat', 'a picture']);
    for (const condition of [
      embeddingCondition(Float32Array.of(1, 0, 0, 0)),
      { kind: 'between', from: base, to: base, at: 0.5 } as const,
    ]) {
      expect(await refusal(() => wordsOf(of(condition), model, study, signal))).toContain(
        'no phrases to read',
      );
    }
  });
});

it('a phrase is mended where the denoiser parts most from what is seen instead, and asked for more', async () => {
  const apart = Float32Array.from({ length: 16 }, (_, i) => (i % 4 > 1 && i > 7 ? 1 : 0));
  const study = async (_: KeptPicture, question: Question) => {
    const asked = 'a woman with red hair';
    expect(question).toEqual({ kind: 'locate', asked, other: 'a woman with brown hair' });
    return apart;
  };
  const [, question] = questionsOf('a woman with red hair', model.vocabulary);
  const word = { phrase: 'red hair', group: 'hair', share: 0.1, rival: 'brown hair', question };
  const { chosen, condition } = await mendingOfWord(kept, word, model, study, signal);
  expect(placesOf(chosen)).toEqual([7, 10, 11, 14, 15]);
  expect(condition).toEqual({
    kind: 'direction',
    base: kept.recipe!.condition,
    from: { kind: 'text', text: 'a woman with brown hair' },
    to: { kind: 'text', text: 'a woman with red hair' },
    strength: 1,
  });
  // Where nothing else was seen, it is led away from nothing said.
  const unsaid = await mendingOfWord(kept, { ...word, rival: null }, model, async () => apart, signal);
  expect(unsaid.condition).toMatchObject({ from: { text: 'a woman' } });
});

describe('what the model was least sure of', () => {
  it('is told by the steps that set each token', async () => {
    const looked: number[] = [];
    const look = async (_: unknown, { step, draw }: Wish) => {
      expect(draw).toBe(false);
      looked.push(step);
      // Of the first step all tokens were sure; of the second the last ones are not. What a step did not set is no matter.
      const sure = (i: number) => (step === 1 ? (i < 8 ? 0.9 : 0) : i < 8 ? 0 : 1 - (i % 4) / 4);
      return { image: null, confidence: Float32Array.from({ length: 16 }, (__, i) => sure(i)) };
    };
    const { chosen, condition } = await leastSure(kept, look, signal);
    // Under its own prompt.
    expect(condition).toBeUndefined();
    expect(looked).toEqual([1, 2]);
    expect(placesOf(chosen)).toEqual([7, 10, 11, 14, 15]);
  });

  it('needs its steps, and stops when nobody waits', async () => {
    const look = async () => expect.fail('asked');
    expect(await refusal(() => leastSure({ ...kept, steps: null }, look, signal))).toContain(
      'without its steps',
    );
    await expect(leastSure(kept, look, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  });
});
