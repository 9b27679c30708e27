import { expect, test } from 'vitest';
import { buildTokenizerFiles } from '../../src/cli/vocabulary.ts';
import { readLength } from '../../src/tokenizer/readLength.ts';
import { createTokenizer } from '../../src/tokenizer/tokenizer.ts';

const files = buildTokenizerFiles();
/** Six tokens beside the start and the end. */
const tokenize = createTokenizer(JSON.parse(files.model), JSON.parse(files.config), {
  contextLength: 8,
  vocabularySize: 49408,
});

test.each([
  ['', 'a red hat', 'a red hat'],
  ['', 'a man with a red hat', 'a man with a red hat'],
  ['', 'a man with a red hat, smiling', 'a man with a red hat'],
  ['', '  A  man\nwith a red, blue hat', '  A  man\nwith a red,'],
  ['a photograph of ', 'a man with a red hat', 'a man with'],
  ['', 'a man with a red 😀😀😀', 'a man with a red'],
  ['', '12345678', '123456'],
  // No word of it is read whole.
  ['', 'pneumonoultramicroscopicsilicovolcanoconiosis', ''],
  ['one two three four five six ', 'seven', ''],
  ['', '', ''],
])('after “%s”, of “%s” is read “%s”', (prefix, prompt, read) => {
  expect(prompt.slice(0, readLength(tokenize, prefix, prompt))).toBe(read);
});

test('what is read makes the ids of the whole, to where they were cut', () => {
  const prompt = 'a woman with long red hair, round glasses and 2 hats';
  const read = tokenize(prompt.slice(0, readLength(tokenize, '', prompt)));
  expect(read.truncated).toBe(false);
  expect([...read.ids].slice(0, 7)).toEqual([...tokenize(prompt).ids].slice(0, 7));
});

test('a long prompt is read a few times over, not once for each of its words', () => {
  let times = 0;
  const counted = (text: string) => {
    times++;
    return tokenize(text);
  };
  readLength(counted, '', 'word '.repeat(1600));
  expect(times).toBeLessThanOrEqual(13);
});
