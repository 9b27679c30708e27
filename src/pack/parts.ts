// The parts of pack.json that are more than one number or text. Bounds are far above what any model of this kind needs.
import type { Truncation } from '../types.ts';
import { decodeFloats } from './base64Floats.ts';
import {
  CHECKED_LOGITS,
  type GraphFile,
  type GraphFiles,
  type PackCheck,
  type PackFile,
  type PackManifest,
  type PackVocabulary,
  type WeightType,
  weightTypes,
} from './packTypes.ts';
import { oneLine, type Reader, type TextForm } from './reader.ts';

const path: TextForm = {
  most: 200,
  pattern: /^\w[\w.-]*(\/\w[\w.-]*)*$/,
  words: 'the path of a file in the pack, of at most 200 letters, digits, dots and dashes',
};
const hash: TextForm = { most: 64, pattern: /^[0-9a-f]{64}$/, words: 'a SHA-256 in 64 hexadecimal digits' };
const word: TextForm = {
  most: 40,
  pattern: /^[^\p{Lu}\p{Lt}\p{White_Space}\p{C}]+$/u,
  words: 'a word of 1 to 40 letters in lower case',
};
const phrase: TextForm = {
  most: 80,
  pattern: oneLine,
  written: true,
  words: 'a text of 1 to 80 characters on one line',
};
const base64: TextForm = { most: 1 << 19, pattern: /^/, words: 'base64' };

/** A graph of gigabytes has a few data files, each below 200 MB. */
const MOST_DATA_FILES = 256;

export function packFile(reader: Reader, mostBytes = 2 ** 40): PackFile {
  return {
    file: reader.field('file').text(path),
    bytes: reader.field('bytes').integer(1, mostBytes),
    sha256: reader.field('sha256').text(hash),
  };
}

/** A graph in at least one weight type. */
export function graphFiles(reader: Reader): GraphFiles {
  const stored = weightTypes.filter((type) => reader.has(type));
  if (!stored.length) reader.fault(`stored in at least one of ${weightTypes.join(', ')}`, undefined);
  const files: Partial<Record<WeightType, GraphFile>> = {};
  for (const type of stored) files[type] = graphFile(reader.field(type));
  return files;
}

function graphFile(reader: Reader): GraphFile {
  const model = packFile(reader);
  if (!reader.has('data')) return model;
  const data = reader.field('data').items(0, MOST_DATA_FILES);
  return { ...model, data: data.map((item) => packFile(item)) };
}

export function vocabulary(reader: Reader): PackVocabulary {
  const words = reader.field('words').texts(1, 60_000, word);
  if (!reader.has('groups')) return { words };
  const groups = reader.field('groups').items(0, 60);
  return {
    words,
    groups: groups.map((group) => ({
      name: group.field('name').text(phrase),
      phrases: group.field('phrases').texts(1, 200, phrase),
    })),
  };
}

export function check(reader: Reader, timesteps: number): PackCheck {
  const tolerance = reader.field('tolerance');
  return {
    seed: reader.field('seed').integer(0, 0xffffffff),
    timestep: reader.field('timestep').integer(0, timesteps - 1),
    logits: floats(reader.field('logits'), CHECKED_LOGITS),
    spread: reader.field('spread').number(1e-6, 1e6),
    // Beyond a tenth no device would ever be found wrong.
    tolerance: {
      single: tolerance.field('single').number(1e-6, 0.1),
      half: tolerance.field('half').number(1e-6, 0.1),
    },
  };
}

export function truncation(reader: Reader, codebookSize: number): Truncation {
  const kind = reader.field('kind').oneOf(['none', 'topR', 'topK']);
  switch (kind) {
    case 'none':
      return { kind };
    case 'topR':
      return { kind, r: reader.field('r').number(0, 1) };
    case 'topK':
      return { kind, k: reader.field('k').integer(1, codebookSize) };
    default:
      return kind satisfies never;
  }
}

/** base64 of so many finite values. */
export function floats(reader: Reader, count: number): string {
  const text = reader.text(base64);
  return decodeFloats(text, count) ? text : reader.fault(`${count} finite float32 values in base64`, '');
}

/**
 * Two straight lines that a chain can follow: no transition between two timesteps may have a negative probability. The
 * share of the unmasked that changed, 1 - alphaBar / (1 - gammaBar), must begin at 0 or above and never fall; as both lines
 * are straight, it is monotone, and the ends decide.
 */
export function schedule(reader: Reader): PackManifest['schedule'] {
  const type = reader.field('type').oneOf(['alpha1']);
  const alphaBar = probabilities(reader.field('alphaBar'));
  const gammaBar = probabilities(reader.field('gammaBar'));
  if (alphaBar && gammaBar) {
    const [keptFirst, keptLast] = alphaBar.map((alpha, end) => alpha / (1 - gammaBar[end]));
    const possible =
      alphaBar[0] >= alphaBar[1] && gammaBar[0] <= gammaBar[1] && keptFirst <= 1 && keptLast <= keptFirst;
    if (!possible) {
      const found = `alphaBar ${alphaBar.join(' to ')} and gammaBar ${gammaBar.join(' to ')}`;
      reader.fault('one that can be: alphaBar falls, gammaBar rises, together at most 1', undefined, found);
    }
  }
  return { type, alphaBar: alphaBar ?? [0.9, 0.1], gammaBar: gammaBar ?? [0.1, 0.9] };
}

/** First and last, both between 0 and 1; null where they are not. */
function probabilities(reader: Reader): [number, number] | null {
  const { value } = reader;
  if (
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((item) => typeof item === 'number' && item > 0 && item < 1)
  ) {
    return [value[0], value[1]];
  }
  return reader.fault('two numbers between 0 and 1', null);
}
