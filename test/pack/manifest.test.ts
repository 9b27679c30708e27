import { describe, expect, it } from 'vitest';
import {
  graphNames,
  PACK_FORMAT,
  PACK_VERSION,
  type PackManifest,
  parseManifest,
} from '../../src/pack/manifest.ts';
import { packFiles } from '../../src/pack/packFiles.ts';
import { checkedRefusal } from '../support/refusal.ts';

const file = { file: 'denoiser.fp16.onnx', bytes: 12, sha256: 'ab'.repeat(32) };

function manifest(): PackManifest {
  return {
    format: PACK_FORMAT,
    version: PACK_VERSION,
    id: 'micro',
    name: 'Micro',
    description: '',
    license: 'CC0-1.0',
    provenance: ['random weights'],
    image: { width: 12, height: 12 },
    grid: { rows: 6, columns: 6 },
    codebookSize: 40,
    timesteps: 100,
    schedule: { type: 'alpha1', alphaBar: [0.99999, 0.000009], gammaBar: [0.000009, 0.99999] },
    conditionSize: 3,
    layers: 2,
    clip: { contextLength: 77, vocabularySize: 49408, imageSize: 224 },
    emptyTextEmbedding: 'AAAAAAAAAAAAAAAA',
    defaults: {
      steps: 25,
      guidance: 1.15,
      truncation: { kind: 'topR', r: 0.85 },
      candidates: 4,
      promptPrefix: '',
    },
    examples: ['a face'],
    tokenizer: {
      model: { ...file, file: 'tokenizer.json' },
      config: { ...file, file: 'tokenizer_config.json' },
    },
    graphs: Object.fromEntries(graphNames.map((name) => [name, { fp16: file }])) as PackManifest['graphs'],
  };
}

/** What a person reads, which is never long. */
function refusal(value: unknown): string {
  try {
    parseManifest(value);
  } catch (error) {
    return checkedRefusal(error, ['pack-invalid']);
  }
  throw new Error('nothing was refused');
}

describe('parseManifest', () => {
  it('gives back what a pack says, through JSON', () => {
    expect(parseManifest(JSON.parse(JSON.stringify(manifest())))).toEqual(manifest());
  });

  it('takes a pack that redraws at first, and none that redraws more than all', () => {
    const redrawing = (redraw: unknown) => ({ ...manifest(), defaults: { ...manifest().defaults, redraw } });
    expect(parseManifest(redrawing(0.1))).toEqual(redrawing(0.1));
    for (const redraw of [1.1, -0.1, '0.1', null]) expect(refusal(redrawing(redraw))).toContain('redraw');
  });

  it('takes a pack without its encoder, and no other graph less', () => {
    for (const name of graphNames) {
      const { [name]: _, ...graphs } = manifest().graphs;
      if (name === 'encoder') expect(parseManifest({ ...manifest(), graphs }).graphs).toEqual(graphs);
      else expect(refusal({ ...manifest(), graphs })).toContain(`graphs.${name}`);
    }
  });

  it('asks for a newer page when the pack is newer', () => {
    expect(() => parseManifest({ ...manifest(), version: PACK_VERSION + 1 })).toThrow(
      `format version ${PACK_VERSION + 1}, and this page reads version ${PACK_VERSION}: use a newer page`,
    );
  });

  it.each([null, 3, [], {}, { format: 'safetensors' }, 'text'])('refuses %o as something else', (value) => {
    expect(() => parseManifest(value)).toThrow('not a model pack');
  });

  it('counts every fault, and names the first with their paths', () => {
    const broken = {
      ...manifest(),
      codebookSize: -1,
      grid: { rows: 6 },
      graphs: { ...manifest().graphs, decoder: {}, denoiser: { fp16: { ...file, sha256: 'zz' } } },
    };
    expect(refusal(broken)).toMatch(
      /: codebookSize should .*, found -1; grid\.columns should .*, found nothing; graphs\.denoiser\.fp16\.sha256 should .*; and 1 more\.$/,
    );
  });

  it.each(['../secret.onnx', '/etc/passwd', 'https://example.org/a.onnx', 'a/../../b.onnx', 'a\\b.onnx', ''])(
    'refuses the file name %o, which leaves the pack’s folder',
    (name) => {
      const leaving = {
        ...manifest(),
        graphs: { ...manifest().graphs, decoder: { fp16: { ...file, file: name } } },
      };
      expect(() => parseManifest(leaving)).toThrow('graphs.decoder.fp16.file');
    },
  );

  it('takes no property from a prototype', () => {
    expect(() => parseManifest(Object.create(manifest()))).toThrow('not a model pack');
  });
});

describe('the vocabulary', () => {
  const words = ['red', 'hair', 't'];
  const groups = [{ name: 'hair colour', phrases: ['red hair'] }];
  const withVocabulary = (vocabulary: unknown) => ({ ...manifest(), vocabulary });

  it.each([{ words }, { words, groups }])('is given back, with groups or without', (vocabulary) => {
    expect(parseManifest({ ...withVocabulary(vocabulary), matchScore: 0.25, clipScale: 36.3 })).toEqual({
      ...manifest(),
      vocabulary,
      matchScore: 0.25,
      clipScale: 36.3,
    });
  });

  it.each([
    ['vocabulary.words', 'red hair'],
    ['vocabulary.words', { words: 'red hair' }],
    ['vocabulary.words', { words: [] }],
    ['vocabulary.words', { words: many(60_001, 'a') }],
    ['vocabulary.words.1', { words: ['a', 'Red'] }],
    ['vocabulary.words.0', { words: ['red hair'] }],
    ['vocabulary.words.0', { words: ['a'.repeat(41)] }],
    ['vocabulary.words.0', { words: [''] }],
    ['vocabulary.words.0', { words: [7] }],
    ['vocabulary.groups', { words, groups: {} }],
    ['vocabulary.groups', { words, groups: many(61, groups[0]) }],
    ['vocabulary.groups.0.name', { words, groups: [{ name: ' ', phrases: ['red hair'] }] }],
    ['vocabulary.groups.0.name', { words, groups: [{ name: 'a'.repeat(81), phrases: ['red hair'] }] }],
    ['vocabulary.groups.0.phrases', { words, groups: [{ name: 'hair', phrases: many(201, 'red') }] }],
    ['vocabulary.groups.0.phrases', { words, groups: [{ name: 'hair' }] }],
    ['vocabulary.groups.0.phrases.0', { words, groups: [{ name: 'hair', phrases: ['a'.repeat(81)] }] }],
    ['vocabulary.groups.0.phrases.0', { words, groups: [{ name: 'hair', phrases: ['red\u202e'] }] }],
  ])('is refused by the path of what is wrong: %s', (path, vocabulary) => {
    expect(() => parseManifest(withVocabulary(vocabulary))).toThrow(
      `pack.json is not usable: ${path} should`,
    );
  });

  it.each([-1.01, 1.01, Number.NaN, '0.3', null])('has a score to match of -1 to 1, not %o', (matchScore) => {
    expect(() => parseManifest({ ...manifest(), matchScore })).toThrow('matchScore should');
  });

  it.each([0, 1e4, Number.NaN, '100', null])('has a scale of 1 to 1000, not %o', (clipScale) => {
    expect(() => parseManifest({ ...manifest(), clipScale })).toThrow('clipScale should');
  });
});

describe('the answer to one step', () => {
  const check = {
    seed: 7,
    timestep: 40,
    logits: Buffer.from(new Float32Array(256).fill(1.5).buffer).toString('base64'),
    spread: 3,
    tolerance: { single: 1e-3, half: 0.01 },
  };

  it('is given back', () => {
    expect(parseManifest({ ...manifest(), check }).check).toEqual(check);
  });

  it.each<[string, object]>([
    ['check.seed', { seed: -1 }],
    ['check.seed', { seed: 2 ** 32 }],
    ['check.timestep', { timestep: 100 }],
    ['check.logits', { logits: check.logits.slice(4) }],
    ['check.logits', { logits: `${check.logits}AAAA` }],
    [
      'check.logits',
      { logits: Buffer.from(new Float32Array(256).fill(Number.NaN).buffer).toString('base64') },
    ],
    ['check.spread', { spread: 0 }],
    ['check.spread', { spread: '3' }],
    ['check.tolerance.single', { tolerance: { single: 0.2, half: 0.01 } }],
    ['check.tolerance.half', { tolerance: { single: 0.01 } }],
    ['check.tolerance.half', { tolerance: { single: 0.01, half: 0 } }],
  ])('is refused by the path of what is wrong: %s', (path, change) => {
    const wrong = { ...manifest(), check: { ...check, ...change } };
    expect(() => parseManifest(wrong)).toThrow(`pack.json is not usable: ${path} should`);
  });
});

const many = (count: number, item: unknown) => Array.from({ length: count }, () => item);
const nested = (depth: number) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
const withDenoiser = (denoiser: unknown) => ({ graphs: { ...manifest().graphs, denoiser } });

describe('a pack.json from anyone', () => {
  // What stood in each message before bounds: three complaints an item, 2 MB of JSON, the whole text.
  it.each<[string, object, string]>([
    [
      'a million data files',
      withDenoiser({ fp32: { ...file, data: many(1_000_000, 0) } }),
      'a list of 1000000',
    ],
    ['300 faults', withDenoiser({ fp32: { ...file, data: many(100, 0) } }), 'more.'],
    ['30,000 examples', { examples: many(30_000, 'a face') }, 'examples should be a list of 0 to 100'],
    ['a long example', { examples: ['a'.repeat(501)] }, 'examples.0 should be'],
    ['a name of 5 MB', { name: 'a'.repeat(5_000_000) }, 'name should be'],
    ['a name of two lines', { name: 'a\nb' }, 'found “a\\u{a}b”'],
    ['a name that turns the sentence around', { name: 'a\u202eb' }, 'found “a\\u{202e}b”'],
    ['half a character', { description: '\ud83d' }, 'description should be'],
    [
      'an endless prefix',
      { defaults: { ...manifest().defaults, promptPrefix: `&${'amp;'.repeat(300)}` } },
      'promptPrefix',
    ],
    ['a deep name', { name: nested(100_000) }, 'found a list of 1'],
    ['a deep version', { version: nested(100_000) }, 'format version a list of 1'],
    ['pictures beyond any memory', { image: { width: 1 << 14, height: 1 << 14 } }, 'image.width'],
    [
      'scores beyond any memory',
      { grid: { rows: 1000, columns: 1000 }, codebookSize: 4096 },
      'found 4096000000',
    ],
    [
      'a tokenizer of a gigabyte',
      { tokenizer: { model: { ...file, bytes: 1e9 }, config: file } },
      'tokenizer.model.bytes',
    ],
    [
      'one file of two sizes',
      { tokenizer: { model: { ...file, bytes: 11 }, config: file } },
      '“denoiser.fp16.onnx” as two',
    ],
  ])('with %s is refused in a sentence', (_, change, expected) => {
    expect(refusal({ ...manifest(), ...change })).toContain(expected);
  });

  it.each([
    ['both ends alike', [0.9, 0.9], [0.9, 0.9]],
    ['more than 1 at the first', [0.9, 0.1], [0.2, 0.9]],
    ['more than 1 at the last', [0.9, 0.2], [0.1, 0.9]],
    ['a rising alpha', [0.1, 0.2], [0.1, 0.2]],
    ['a falling gamma', [0.2, 0.1], [0.2, 0.1]],
    ['less changed at the end than at the beginning', [0.4, 0.3], [0.1, 0.65]],
  ])('whose schedule cannot be is refused: %s', (_, alphaBar, gammaBar) => {
    expect(refusal({ ...manifest(), schedule: { type: 'alpha1', alphaBar, gammaBar } })).toContain(
      'schedule should be one that can be',
    );
  });

  it.each([
    ['another length', 'AAAAAAAAAAAA'],
    ['one letter more', 'AAAAAAAAAAAAAAAAA'],
    ['filling in place of a value', 'AAAAAAAAAAAAAAA='],
    ['other letters', 'AAAAAAAA*AAAAAAA'],
    ['a value that is no number', btoa('\0\0\xc0\x7f'.repeat(3))],
  ])('whose null condition has %s is refused', (_, emptyTextEmbedding) => {
    expect(refusal({ ...manifest(), emptyTextEmbedding })).toContain('3 finite float32 values in base64');
  });

  it('may fill up its base64, and have one file serve two graphs', () => {
    const whole = { ...manifest(), conditionSize: 1, emptyTextEmbedding: btoa('\0\0\x80\x3f') };
    expect(parseManifest(whole).emptyTextEmbedding).toBe('AACAPw==');
    expect(packFiles(parseManifest(whole)).map((each) => each.file)).toEqual([
      'tokenizer.json',
      'tokenizer_config.json',
      'denoiser.fp16.onnx',
    ]);
  });
});
