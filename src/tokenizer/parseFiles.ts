// Checks tokenizer.json and tokenizer_config.json once, whole: what they must hold for CLIP's tokenizer to be built.
import type { BPE } from '@huggingface/tokenizers';
import { UserError } from '../errors.ts';
import { END, START } from './splitWords.ts';

type BpeModel = ConstructorParameters<typeof BPE>[0];

/** @param found what is wrong with which file */
export function invalidTokenizer(found: string): UserError {
  return new UserError('pack-invalid', `${found}: convert the pack again, with CLIP's own tokenizer.`);
}

/** Start and end of text must be CLIP's: the authors' splitting knows no others. */
export function checkConfig(config: unknown): void {
  const fields = isRecord(config) ? config : {};
  for (const [key, expected] of [
    ['bos_token', START],
    ['eos_token', END],
  ] as const) {
    const token = fields[key];
    const content = isRecord(token) ? token.content : token;
    if (content !== expected) {
      throw invalidTokenizer(
        `tokenizer_config.json gives ${JSON.stringify(content)} as ${key}, not "${expected}"`,
      );
    }
  }
}

/** The byte-level BPE of tokenizer.json; merges as "a b" or as pairs. */
export function parseBpeModel(tokenizer: unknown): BpeModel {
  const model = isRecord(tokenizer) && isRecord(tokenizer.model) ? tokenizer.model : {};
  const { type, vocab, merges, end_of_word_suffix: suffix } = model;
  if (type !== 'BPE')
    throw invalidTokenizer(`tokenizer.json holds a model of type ${JSON.stringify(type)}, not "BPE"`);
  if (suffix !== '</w>') throw invalidTokenizer('tokenizer.json has no "</w>" at the end of words');
  if (!isVocabulary(vocab)) throw invalidTokenizer('tokenizer.json has no vocabulary of token ids');
  if (!isStrings(merges) && !isPairs(merges)) throw invalidTokenizer('tokenizer.json has no list of merges');
  return { type, vocab, merges, end_of_word_suffix: suffix, ignore_merges: false };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isVocabulary(value: unknown): value is Record<string, number> {
  return isRecord(value) && Object.values(value).every(Number.isInteger);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isPairs(value: unknown): value is [string, string][] {
  return Array.isArray(value) && value.every((item) => isStrings(item) && item.length === 2);
}
