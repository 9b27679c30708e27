// How a prompt is cut into what it asks for.
import { describe, expect, it } from 'vitest';
import { alone, cutPrompt, MAX_PHRASES } from '../../src/recipe/phrases.ts';

const cutOf = (prompt: string) => cutPrompt(prompt).map(({ joint, text }) => `${joint}|${text}`);

describe('a prompt', () => {
  it.each([
    ['a woman with red hair and glasses, smiling', '|a woman', 'with|red hair', 'with|glasses', ',|smiling'],
    ['a man with a beard wearing a suit', '|a man', 'with|a beard', 'wearing|a suit'],
    [
      'a man with freckles, round glasses, and a hat in front of a blue wall',
      '|a man',
      'with|freckles',
      ',|round glasses',
      ',|a hat',
      'in front of|a blue wall',
    ],
    [
      'the woman has red hair and wears glasses. She has a hat; sad',
      '|the woman',
      'has|red hair',
      'wears|glasses',
      'has|a hat',
      ',|sad',
    ],
    ['a man in a suit on a red background', '|a man', 'in|a suit', 'on|a red background'],
    ['A Woman With Red Hair', '|A Woman', 'with|Red Hair'],
    ['red hair', '|red hair'],
    ['лицо с бородой, 顔', '|лицо с бородой', ',|顔'],
  ])('%s', (prompt, ...phrases) => {
    expect(cutOf(prompt)).toEqual(phrases);
  });

  it('keeps together what is one thing', () => {
    expect(cutOf('a woman in her twenties with freckles on the cheeks, lights in the background')).toEqual([
      '|a woman in her twenties',
      'with|freckles on the cheeks',
      ',|lights in the background',
    ]);
    expect(cutOf('a cat with black and white fur and red hair in a bun')).toEqual([
      '|a cat',
      'with|black and white fur',
      'with|red hair in a bun',
    ]);
    expect(cutOf('a 3.5 year old, withered, bland, handsome')).toEqual([
      '|a 3.5 year old',
      ',|withered',
      ',|bland',
      ',|handsome',
    ]);
  });

  it('says each thing once, and nothing of nothing', () => {
    expect(cutOf('a hat, a Hat and a hat')).toEqual(['|a hat']);
    for (const prompt of ['', '  ', ', ,;', ' . ']) expect(cutOf(prompt)).toEqual([]);
  });

  it('is read up to a bound, in time that grows with its length alone', () => {
    expect(cutOf(Array.from({ length: 99 }, (_, i) => `hat ${i}`).join(', '))).toHaveLength(MAX_PHRASES);
    for (const hostile of [
      ' and '.repeat(2000),
      ', '.repeat(5000),
      'with '.repeat(2000),
      ' '.repeat(10_000),
      '.'.repeat(10_000),
    ]) {
      const begun = performance.now();
      cutPrompt(hostile);
      // Measured: 2 ms at most.
      expect(performance.now() - begun).toBeLessThan(2000);
    }
  });
});

it('a phrase alone is said of the subject as it was there', () => {
  const [subject, ...phrases] = cutPrompt('a woman with red hair, smiling');
  expect(phrases.map(({ joint, text }) => alone(subject, joint, text))).toEqual([
    'a woman with red hair',
    'a woman, smiling',
  ]);
});
