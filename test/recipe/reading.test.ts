// What CLIP is asked about a prompt, and what its answers mean.
import { describe, expect, it } from 'vitest';
import { isSeen, questionsOf, readingOf, textsOf } from '../../src/recipe/reading.ts';

const groups = [
  { name: 'person', phrases: ['a woman', 'a man', 'a young woman', 'an old man'] },
  { name: 'hair colour', phrases: ['brown hair', 'dark brown hair', 'red hair'] },
  { name: 'face', phrases: ['a big nose', 'a small nose', 'full lips'] },
  { name: 'glasses', phrases: ['round glasses', 'sunglasses'] },
];
const vocabulary = { words: ['hair'], groups };
const rivalsOf = (prompt: string, phrase: string) =>
  questionsOf(prompt, vocabulary)
    .find((question) => question.phrase === phrase)!
    .rivals.map((rival) => rival.phrase);

describe('the questions', () => {
  it('say each phrase of the subject alone, without it, and with others of its group', () => {
    expect(questionsOf('a woman with Red Hair, jumping', vocabulary)).toEqual([
      {
        phrase: 'a woman',
        group: 'person',
        asked: 'a woman',
        without: 'a picture',
        rivals: [
          { phrase: 'a man', text: 'a man' },
          { phrase: 'an old man', text: 'an old man' },
        ],
      },
      {
        phrase: 'Red Hair',
        group: 'hair colour',
        asked: 'a woman with Red Hair',
        without: 'a woman',
        rivals: [
          { phrase: 'brown hair', text: 'a woman with brown hair' },
          { phrase: 'dark brown hair', text: 'a woman with dark brown hair' },
        ],
      },
      { phrase: 'jumping', group: null, asked: 'a woman, jumping', without: 'a woman', rivals: [] },
    ]);
  });

  it('hold a phrase against what contradicts it', () => {
    // Dark brown hair is brown.
    expect(rivalsOf('a man with brown hair', 'brown hair')).toEqual(['red hair']);
    expect(rivalsOf('a man with dark brown hair', 'dark brown hair')).toEqual(['brown hair', 'red hair']);
    // Full lips go with any nose; without a word in common all others are meant.
    expect(rivalsOf('a man with a big nose', 'a big nose')).toEqual(['a small nose']);
    expect(rivalsOf('a man with full lips', 'full lips')).toEqual(['a big nose', 'a small nose']);
  });

  it('need no vocabulary', () => {
    expect(questionsOf('a cat, red', undefined).map(({ rivals }) => rivals)).toEqual([[], []]);
    expect(questionsOf(' ', undefined)).toEqual([]);
  });

  it('have texts, each once', () => {
    const texts = textsOf(questionsOf('a woman with red hair and glasses', undefined));
    expect(texts).toEqual(['a woman', 'a picture', 'a woman with red hair', 'a woman with glasses']);
  });
});

describe('a reading', () => {
  const question = questionsOf('a woman with red hair', vocabulary)[1];
  const readAs = (cosines: Record<string, number>, scale?: number) =>
    readingOf(question, (text) => cosines[text] ?? -1, scale);

  it('is against the likeliest other', () => {
    const cosines = { 'a woman with red hair': 0.3, 'a woman': 0.28, 'a woman with brown hair': 0.29 };
    expect(readAs(cosines)).toEqual({
      phrase: 'red hair',
      group: 'hair colour',
      share: expect.closeTo(1 / (1 + Math.exp(-1)), 10),
      rival: 'brown hair',
    });
    expect(readAs({ ...cosines, 'a woman': 0.295 }, 36)).toMatchObject({
      share: expect.closeTo(1 / (1 + Math.exp(-0.18)), 10),
      rival: null,
    });
  });

  it('sees what is more likely than not', () => {
    const like = { 'a woman with red hair': 0.3, 'a woman': 0.3 };
    expect(isSeen(readAs(like))).toBe(false);
    expect(isSeen(readAs({ ...like, 'a woman': 0.29 }))).toBe(true);
  });
});
