import { describe, expect, it } from 'vitest';
import {
  graphNames,
  PACK_FORMAT,
  PACK_VERSION,
  type PackManifest,
  parseManifest,
} from '../../src/pack/manifest.ts';

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

describe('parseManifest', () => {
  it('gives back what a pack says, through JSON', () => {
    expect(parseManifest(JSON.parse(JSON.stringify(manifest())))).toEqual(manifest());
  });

  it('asks for a newer page when the pack is newer', () => {
    expect(() => parseManifest({ ...manifest(), version: PACK_VERSION + 1 })).toThrow(
      `format version ${PACK_VERSION + 1}, and this page reads version ${PACK_VERSION}: use a newer page`,
    );
  });

  it.each([null, 3, [], {}, { format: 'safetensors' }, 'text'])('refuses %o as something else', (value) => {
    expect(() => parseManifest(value)).toThrow('not a model pack');
  });

  it('lists every fault, with its path', () => {
    const broken = {
      ...manifest(),
      codebookSize: -1,
      grid: { rows: 6 },
      emptyTextEmbedding: 'AAAA',
      graphs: { ...manifest().graphs, decoder: {}, denoiser: { fp16: { ...file, sha256: 'zz' } } },
    };
    const message = (() => {
      try {
        parseManifest(broken);
      } catch (error) {
        return String(error);
      }
      return '';
    })();
    for (const part of [
      'codebookSize',
      'grid.columns',
      'emptyTextEmbedding',
      'graphs.decoder',
      'graphs.denoiser.fp16.sha256',
    ]) {
      expect(message).toContain(part);
    }
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
    expect(parseManifest({ ...withVocabulary(vocabulary), matchScore: 0.25 })).toEqual({
      ...manifest(),
      vocabulary,
      matchScore: 0.25,
    });
  });

  const many = (count: number, item: unknown) => Array.from({ length: count }, () => item);
  it.each([
    ['vocabulary.words', 'red hair'],
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
});
