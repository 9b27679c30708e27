// Tokenizer files and prompts by the thousand; see test/support/fuzz.ts for more of them.
import { expect, test } from 'vitest';
import { buildTokenizerFiles } from '../../src/cli/vocabulary.ts';
import { MAX_TEXT } from '../../src/recipe/condition.ts';
import { loadNamesIn } from '../../src/tokenizer/htmlUnescape.ts';
import { createTokenizer, type Tokenizer } from '../../src/tokenizer/tokenizer.ts';
import { type Dice, fuzz, mutated, oddText } from '../support/fuzz.ts';

const files = buildTokenizerFiles();
const sizes = { contextLength: 77, vocabularySize: 49_408 };

function checkPrompt(tokenize: Tokenizer, prompt: string, most: number): void {
  const { ids, tokenCount, truncated } = tokenize(prompt);
  expect(ids).toHaveLength(77);
  expect([...ids].every((id) => id >= 0 && id < most)).toBe(true);
  expect(truncated).toBe(tokenCount > 77);
  expect(tokenize(prompt).ids).toEqual(ids);
}

/** Pieces of all kinds, as long as a prompt with its prefix may be. */
function prompt(d: Dice): string {
  let text = '';
  for (let pieces = 1 + d.below(6); pieces > 0; pieces--)
    text += oddText(d, 2500) + d.pick(['', ' ', ';', 'm']);
  return text.slice(0, MAX_TEXT);
}

test('any prompt has its ids', async () => {
  const tokenize = createTokenizer(JSON.parse(files.model), JSON.parse(files.config), sizes);
  await fuzz(async (dice) => {
    const given = prompt(dice);
    await loadNamesIn(given);
    checkPrompt(tokenize, given, sizes.vocabularySize);
  });
});

test('tokenizer files are refused in a sentence, or are a tokenizer', async () => {
  // The real one, with the first of its merges only: a copy of it takes as long as a thousand of these.
  const { model } = JSON.parse(files.model);
  const merges: string[] = model.merges.slice(0, 40);
  const kept = Object.keys(model.vocab).filter(
    (token, i) => i < 512 || merges.includes(token) || token.startsWith('<|'),
  );
  const vocab = Object.fromEntries(
    [...kept, ...merges.map((merge) => merge.replace(' ', ''))].map((token, id) => [token, id]),
  );
  const small = {
    model: { type: 'BPE', vocab, merges, end_of_word_suffix: '</w>' },
    config: JSON.parse(files.config),
  };
  const vocabularySize = Object.keys(vocab).length + 20;
  const { taken } = await fuzz((dice) => {
    const changed = mutated(small, dice) as Partial<typeof small> | null;
    const tokenize = createTokenizer({ model: changed?.model }, changed?.config, {
      ...sizes,
      vocabularySize,
    });
    try {
      checkPrompt(tokenize, 'a man with the red hat', vocabularySize);
    } catch (error) {
      // A vocabulary may lack a token, which its first use tells.
      if (!/^tokenizer.json has no id for the token/.test((error as Error).message)) throw error;
    }
  });
  expect(taken).toBeGreaterThan(10);
});
