import { beforeAll, expect, test } from 'vitest';
import { buildTokenizerFiles } from '../../src/cli/vocabulary.ts';
import { loadNamesIn } from '../../src/tokenizer/htmlUnescape.ts';
import { createTokenizer } from '../../src/tokenizer/tokenizer.ts';

const START = 49406;
const END = 49407;
const files = buildTokenizerFiles();
const model = JSON.parse(files.model);
const config = JSON.parse(files.config);
const sizes = { contextLength: 77, vocabularySize: 49408 };
const tokenize = createTokenizer(model, config, sizes);

beforeAll(() => loadNamesIn('&'));

test('a short prompt is padded with zeros, a long one keeps its end token', () => {
  const short = tokenize('red hair');
  expect([...short.ids.subarray(0, 5)]).toEqual([START, 736, 2225, END, 0]);
  expect(short).toMatchObject({ tokenCount: 4, truncated: false });
  const exact = tokenize('red '.repeat(75));
  expect(exact).toMatchObject({ tokenCount: 77, truncated: false });
  const long = tokenize('red '.repeat(76));
  expect(long).toMatchObject({ tokenCount: 78, truncated: true });
  expect(long.ids).toEqual(exact.ids);
});

test('the context length is the pack’s', () => {
  expect([...createTokenizer(model, config, { ...sizes, contextLength: 4 })('red hair red').ids]).toEqual([
    START,
    736,
    2225,
    END,
  ]);
});

test('a prompt does not change the next one', () => {
  const before = tokenize('constructor __proto__');
  tokenize('<|endoftext|> \0 \ud800 toString');
  expect(tokenize('constructor __proto__')).toEqual(before);
});

// Measured at most 65 ms; the limit is for a busy machine, and still far below what a quadratic step would take.
const fill = (text: string) => text.repeat(Math.ceil(5000 / text.length));
test.each([
  ['words', fill('a smiling woman with long red hair ')],
  ['one word', fill('a')],
  ['nested HTML', `&${fill('amp;')}lt;`],
  ['broken UTF-8', fill('â€œ à£ ')],
  ['accents', `a${fill('\u0301\u0316')}`],
  ['escapes', fill('\x1b[1;')],
  ['lone surrogates', fill('\ud800')],
])('5,000 characters of %s are quick', (_, prompt) => {
  const start = performance.now();
  const { ids } = tokenize(prompt);
  expect(performance.now() - start).toBeLessThan(1000);
  expect(ids[0]).toBe(START);
  expect(ids).toContain(END);
});

// Each pass undoes one of them: 25 seconds and no limit before there was one. Measured 0.3.
test('100,000 characters of nested HTML end, and what is nested less deep is what ftfy makes of it', () => {
  const start = performance.now();
  tokenize(`&${'amp;'.repeat(25_000)}lt;`);
  expect(performance.now() - start).toBeLessThan(10_000);
  expect(tokenize(`&${'amp;'.repeat(50)}lt; red`)).toEqual(tokenize('&lt; red'));
});

const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);

test('merges may also be pairs, as newer files have them', () => {
  const merges = model.model.merges.map((merge: string) => merge.split(' '));
  const paired = createTokenizer({ ...model, model: { ...model.model, merges } }, config, sizes);
  const prompt = 'a photograph of a naïve woman, 42';
  expect(paired(prompt)).toEqual(tokenize(prompt));
});

test('marks in the configuration may be objects, as older files have them', () => {
  const older = { bos_token: { content: '<|startoftext|>' }, eos_token: { content: '<|endoftext|>' } };
  expect(createTokenizer(model, older, sizes)('red')).toEqual(tokenize('red'));
});

test.each([
  ['no tokenizer at all', '<!doctype html>', config, 'a model of type undefined'],
  ['another model', { model: { type: 'WordPiece' } }, config, 'a model of type “WordPiece”'],
  ['another BPE', { model: { ...model.model, end_of_word_suffix: null } }, config, '“</w>”'],
  ['a broken vocabulary', { model: { ...model.model, vocab: { a: 'b' } } }, config, 'vocabulary'],
  ['broken merges', { model: { ...model.model, merges: [1] } }, config, 'merges'],
  ['no marks', { model: { ...model.model, vocab: { a: 0 } } }, config, '“<|startoftext|>”'],
  ['no configuration', model, null, 'undefined as bos_token'],
  ['a nest for a model', { model: { type: deep } }, config, 'a model of type object, not “BPE”'],
  ['a nest for a vocabulary', { model: { ...model.model, vocab: deep } }, config, 'vocabulary'],
  ['a nest for merges', { model: { ...model.model, merges: deep } }, config, 'list of merges'],
  ['a nest for a mark', model, { ...config, bos_token: deep }, 'object as bos_token'],
  ['a negative id', { model: { ...model.model, vocab: { a: -1 } } }, config, 'vocabulary'],
  [
    'a token without end',
    { model: { ...model.model, vocab: { ['a'.repeat(600)]: 1 } } },
    config,
    'vocabulary',
  ],
  [
    'an id beyond',
    { model: { ...model.model, vocab: { 'a\u202e': 49408 } } },
    config,
    '“a\\u{202e}” the id 49408',
  ],
  ['another end', model, { ...config, eos_token: '</s>' }, '“</s>” as eos_token'],
])('refuses %s and says what it found', (_, badModel, badConfig, found) => {
  const build = () => createTokenizer(badModel, badConfig, sizes);
  expect(build).toThrow(
    expect.objectContaining({ code: 'pack-invalid', message: expect.stringContaining(found) }),
  );
});
