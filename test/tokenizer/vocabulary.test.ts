import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { expect, test } from 'vitest';
import { buildTokenizerFiles } from '../../src/cli/vocabulary.ts';

const files = buildTokenizerFiles();

test('every id from 0 to 49407 has one token', () => {
  const { vocab } = JSON.parse(files.model).model;
  const ids = Object.values<number>(vocab).sort((a, b) => a - b);
  expect(ids).toEqual(Array.from({ length: 49408 }, (_, id) => id));
});

test('tokenizer.json stays small', () => {
  expect(Buffer.byteLength(files.model)).toBeLessThan(1_500_000);
});

// Another reader of the two files runs the whole pipeline they describe, not only the model. It does not repair text,
// so it gets the repaired one.
test('the files are good for any reader of Hugging Face’s form', () => {
  const tokenizer = new Tokenizer(JSON.parse(files.model), JSON.parse(files.config));
  const url = new URL('../golden/tokenizer/prompts.json', import.meta.url);
  const rows: {
    category: string;
    cleaned_ftfy: string;
    ids_ftfy: number[];
    untruncated_length_ftfy: number;
  }[] = JSON.parse(readFileSync(url, 'utf8'));
  const whole = rows.filter(
    (row) =>
      ['clip2latent', 'english', 'accents_nfc', 'emoji', 'cjk'].includes(row.category) &&
      row.untruncated_length_ftfy <= 77,
  );
  expect(whole.length).toBeGreaterThan(20);
  for (const row of whole) {
    expect(tokenizer.encode(row.cleaned_ftfy).ids, row.cleaned_ftfy).toEqual(row.ids_ftfy);
  }
});
