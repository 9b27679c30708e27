// The authors' own ids, prompt by prompt (test/golden/tokenizer/README.md), and harder cases (extra.py beside them).
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { buildTokenizerFiles } from '../../src/cli/vocabulary.ts';
import { cleanText } from '../../src/tokenizer/cleanText.ts';
import { loadNamesIn } from '../../src/tokenizer/htmlUnescape.ts';
import { createTokenizer } from '../../src/tokenizer/tokenizer.ts';

const CONTEXT_LENGTH = 77;
const files = buildTokenizerFiles();
const tokenize = createTokenizer(JSON.parse(files.model), JSON.parse(files.config), {
  contextLength: CONTEXT_LENGTH,
  vocabularySize: 49408,
});

function golden<Row>(name: string): Row[] {
  const url = new URL(`../golden/tokenizer/${name}`, import.meta.url);
  const rows: Row[] = JSON.parse(readFileSync(url, 'utf8'));
  expect(rows.length).toBeGreaterThan(0);
  return rows;
}

/** The golden rows come without their padding. */
function padded(ids: readonly number[]): number[] {
  return [...ids, ...Array(CONTEXT_LENGTH - ids.length).fill(0)];
}

beforeAll(() => loadNamesIn('&'));

const idsOf = (text: string) => [...tokenize(text).ids];

test('every prompt is cleaned and tokenized as by the authors', () => {
  for (const row of golden<{
    text: string;
    cleaned_ftfy: string;
    ids_ftfy: number[];
    untruncated_length_ftfy: number;
  }>('prompts.json')) {
    expect(cleanText(row.text), row.text).toBe(row.cleaned_ftfy);
    expect(idsOf(row.text), row.text).toEqual(padded(row.ids_ftfy));
    const { tokenCount, truncated } = tokenize(row.text);
    expect(tokenCount, row.text).toBe(row.untruncated_length_ftfy);
    expect(truncated, row.text).toBe(row.untruncated_length_ftfy > CONTEXT_LENGTH);
  }
});

test('every code point gives the ids of the authors, alone and between letters', () => {
  for (const row of golden<{ cp: number; alone_ftfy: number[]; between_a_b_ftfy: number[] }>(
    'codepoints.json',
  )) {
    const character = String.fromCodePoint(row.cp);
    expect(idsOf(character), `U+${row.cp.toString(16)}`).toEqual(padded(row.alone_ftfy));
    expect(idsOf(`a${character}b`), `a U+${row.cp.toString(16)} b`).toEqual(padded(row.between_a_b_ftfy));
  }
});

test('an unpaired surrogate is a lost character', () => {
  for (const row of golden<{ text: string; ids_ftfy: number[] }>('lone_surrogates.json')) {
    expect(idsOf(row.text), JSON.stringify(row.text)).toEqual(padded(row.ids_ftfy));
  }
});

test('every hard case is cleaned and tokenized as by the Python recipe', () => {
  for (const row of golden<{ text: string; cleaned: string; ids: number[] }>('extra.json')) {
    expect(cleanText(row.text), row.text).toBe(row.cleaned);
    expect(idsOf(row.text), row.text).toEqual(padded(row.ids));
  }
});
