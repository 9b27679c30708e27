import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtInModels } from '../../src/store/address.ts';
import { unknownWords, unknownWordsSentence } from '../../src/store/unknownWords.ts';

const known = new Set(
  'a woman man with red hair beard glasses t shirt lady cut background smiling'.split(' '),
);
const of = (prompt: string) => unknownWords(prompt, known);

describe('unknown words', () => {
  it('are those the model never saw, each once, in their order', () => {
    expect(of('a princess with red hair and a zebra, a princess')).toEqual(['princess', 'zebra']);
    expect(of('a smiling woman with a beard')).toEqual([]);
    expect(of('')).toEqual([]);
    expect(of('🙂 12 -- !?')).toEqual([]);
  });

  it('forgive case, plurals, possessives and contractions', () => {
    expect(of('TWO Women’s BEARDS, ladies, shirts')).toEqual(['two', 'women']);
    expect(of("a woman's hair, a man’s glasses")).toEqual([]);
    expect(of("it isn't a beard, they're shirts, the ladies' hair, he can't")).toEqual([]);
    expect(of('glass')).toEqual(['glass']);
  });

  it('are split where letters end, and never are function words', () => {
    expect(of('a red-haired man/woman in front_of the_sea')).toEqual(['haired', 'front', 'sea']);
    expect(of('he or she who is not without a t-shirt')).toEqual([]);
    expect(of('rock’n’roll')).toEqual(['rock', 'roll']);
  });

  it('are of any script, and composed and decomposed letters are one word', () => {
    expect(of('красивая женщина')).toEqual(['красивая', 'женщина']);
    expect(of('café, cafe\u0301')).toEqual(['café']);
    expect(of('公主')).toEqual(['公主']);
  });

  it('take time that grows with the prompt, not with its square', () => {
    expect(of('zebra '.repeat(50_000))).toEqual(['zebra']);
    expect(of('z'.repeat(200_000))).toHaveLength(1);
    expect(of("z'".repeat(100_000))).toEqual([]);
  });

  it('of the built-in models’ own examples there are none', () => {
    for (const { pack } of builtInModels) {
      const path = new URL(`../../public/${pack}pack.json`, import.meta.url);
      const { examples, vocabulary } = JSON.parse(readFileSync(path, 'utf8'));
      expect(unknownWords(examples.join('\n'), new Set(vocabulary.words)), pack).toEqual([]);
    }
  });
});

describe('the sentence about unknown words', () => {
  it('names one, two or three', () => {
    expect(unknownWordsSentence([])).toBeNull();
    expect(unknownWordsSentence(['princess'])).toBe(
      'This model hasn’t learned “princess”: it may do little, or stand for a word that it knows.',
    );
    expect(unknownWordsSentence(['princess', 'zebra'])).toBe(
      'This model hasn’t learned “princess” or “zebra”: they may do little, or stand for words that it knows.',
    );
    expect(unknownWordsSentence(['car', 'sea', 'sky'])).toContain('“car”, “sea” or “sky”');
  });

  it('counts what is beyond three, and cuts what is too long', () => {
    expect(unknownWordsSentence(['a1', 'b1', 'c1', 'd1'])).toContain('“c1” or one more word: they');
    expect(unknownWordsSentence(['a1', 'b1', 'c1', 'd1', 'e1'])).toContain('“c1” or 2 more words');
    expect(unknownWordsSentence(['x'.repeat(5000)])!.length).toBeLessThan(160);
  });
});
