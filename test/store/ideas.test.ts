import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtInModels } from '../../src/store/address.ts';
import { type IdeaGroup, phrasesIn, toggled } from '../../src/store/ideas.ts';

const groups: IdeaGroup[] = [
  { name: 'person', phrases: ['a woman', 'a man', 'an old man'] },
  { name: 'hair', phrases: ['brown hair', 'dark brown hair', 'red hair'] },
  { name: 'hat', phrases: ['a red hat', 'a blue hat'] },
  { name: 'glasses', phrases: ['round glasses', 'glasses (gold)'] },
  { name: 'shirt', phrases: ['a shirt', 'a t-shirt'] },
];
const held = (prompt: string) => phrasesIn(prompt, groups).map(({ phrase }) => phrase);

describe('the phrases of a prompt', () => {
  it.each([
    ['a woman with red hair', ['a woman', 'red hair']],
    ['A Woman, RED HAIR', ['a woman', 'red hair']],
    ['dark brown hair', ['dark brown hair']],
    ['dark brown hair, brown hair', ['dark brown hair', 'brown hair']],
    ['a manatee, extra red hairs', []],
    ['a t-shirt', ['a t-shirt']],
    ['a shirt-maker', []],
    ['glasses (gold)', ['glasses (gold)']],
    ['', []],
  ])('are whole words, the longest: %s', (prompt, phrases) => {
    expect(held(prompt)).toEqual(phrases);
  });
});

describe('a click on a phrase', () => {
  it.each([
    ['begins a prompt', '', 'a man', 'a man'],
    ['goes on after a comma', 'a man', 'red hair', 'a man, red hair'],
    ['does not double a comma', 'somebody, ', 'red hair', 'somebody, red hair'],
    [
      'keeps the order of the groups',
      'red hair, round glasses',
      'a red hat',
      'red hair, a red hat, round glasses',
    ],
    ['puts the person first', 'red hair', 'a woman', 'a woman, red hair'],
    ['does not cut a sentence in two', 'seen with red hair', 'a woman', 'seen with red hair, a woman'],
    [
      'takes the place of another of its group',
      'a man with a red hat, smiling',
      'a blue hat',
      'a man with a blue hat, smiling',
    ],
    [
      'takes the place of a longer one',
      'an old man, dark brown hair',
      'brown hair',
      'an old man, brown hair',
    ],
    ['takes itself out again', 'a man, red hair, round glasses', 'red hair', 'a man, round glasses'],
    ['takes itself out at the beginning', 'a man, red hair', 'a man', 'red hair'],
    ['takes itself out at the end', 'a man, red hair', 'red hair', 'a man'],
    ['leaves nothing of itself', 'Red hair', 'red hair', ''],
    ['takes itself out wherever it is', 'red hair, a man with red hair', 'red hair', 'a man'],
    ['takes out what led to it', 'a man with a red hat, red hair', 'a red hat', 'a man, red hair'],
    [
      'leaves what leads to the next',
      'a man with a red hat and red hair',
      'a red hat',
      'a man with red hair',
    ],
    ['leaves a sentence whole behind it', 'a man with a red hat', 'a man', 'a red hat'],
  ])('%s: “%s”, %s', (_, prompt, phrase, expected) => {
    expect(toggled(prompt, groups, phrase)).toBe(expected);
  });

  it.each(builtInModels)(
    'twice leaves a prompt of chips as it was, whatever the phrase of $name',
    ({ pack }) => {
      const { vocabulary } = JSON.parse(readFileSync(`public/${pack}pack.json`, 'utf8'));
      const own: IdeaGroup[] = vocabulary.groups;
      for (const { phrases } of own) {
        for (const phrase of phrases) {
          const others = own
            .filter((group) => !group.phrases.includes(phrase))
            .map((group) => group.phrases[0]);
          const prompt = others.reduce((made, each) => toggled(made, own, each), '');
          const added = toggled(prompt, own, phrase);
          expect(phrasesIn(added, own).map((each) => each.phrase)).toContain(phrase);
          expect(toggled(added, own, phrase)).toBe(prompt);
        }
      }
    },
  );
});
