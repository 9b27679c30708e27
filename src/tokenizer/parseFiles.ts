// Checks tokenizer.json and tokenizer_config.json once, whole: what they must hold for CLIP's tokenizer to be built.
import { UserError } from '../errors.ts';
import { quoted } from '../quote.ts';
import { END, START } from './splitWords.ts';

/** The `model` of tokenizer.json, as far as it is used. */
export interface BpeModel {
  readonly type: 'BPE';
  /** Token, in the byte-level alphabet, to id. */
  readonly vocab: Record<string, number>;
  /** By rank; "a b" or pairs. */
  readonly merges: string[] | [string, string][];
  readonly end_of_word_suffix: string;
  readonly ignore_merges: boolean;
}

/** CLIP’s longest has 32; the work for a word grows with it. */
const LONGEST_TOKEN = 256;

/** @param found what is wrong with which file */
export function invalidTokenizer(found: string): UserError {
  return new UserError('pack-invalid', `${found}: convert the pack again, with CLIP's own tokenizer.`);
}

/**
 * Start and end of text must be CLIP's: the authors' splitting knows no others.
 * @throws UserError `pack-invalid`
 */
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
        `tokenizer_config.json gives ${textOrType(content)} as ${key}, not “${expected}”`,
      );
    }
  }
}

/**
 * @param vocabularySize ids that the text encoder knows
 * @throws UserError `pack-invalid` where tokenizer.json holds no BPE with CLIP's end of words
 */
export function parseBpeModel(tokenizer: unknown, vocabularySize: number): BpeModel {
  const model = isRecord(tokenizer) && isRecord(tokenizer.model) ? tokenizer.model : {};
  const { type, vocab, merges, end_of_word_suffix: suffix } = model;
  if (type !== 'BPE') {
    throw invalidTokenizer(`tokenizer.json holds a model of type ${textOrType(type)}, not “BPE”`);
  }
  if (suffix !== '</w>') throw invalidTokenizer('tokenizer.json has no “</w>” at the end of words');
  if (!isVocabulary(vocab)) throw invalidTokenizer('tokenizer.json has no vocabulary of token ids');
  const beyond = Object.entries(vocab).find(([, id]) => id >= vocabularySize);
  if (beyond) {
    const [token, id] = beyond;
    throw invalidTokenizer(
      `tokenizer.json gives ${quoted(token)} the id ${id}, and the text encoder knows ${vocabularySize}`,
    );
  }
  if (!isMerges(merges)) throw invalidTokenizer('tokenizer.json has no list of merges');
  return { type, vocab, merges, end_of_word_suffix: suffix, ignore_merges: false };
}

/** Of a value that may be of any depth. */
function textOrType(value: unknown): string {
  return typeof value === 'string' ? quoted(value) : typeof value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isVocabulary(value: unknown): value is Record<string, number> {
  return (
    isRecord(value) &&
    Object.entries(value).every(
      ([token, id]) => Number.isSafeInteger(id) && (id as number) >= 0 && isToken(token),
    )
  );
}

/** All of one form, as the first says. */
function isMerges(value: unknown): value is string[] | [string, string][] {
  if (!Array.isArray(value)) return false;
  return Array.isArray(value[0]) ? value.every(isPair) : value.every(isToken);
}

function isPair(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every(isToken);
}

/** A token, or two with a blank between. */
function isToken(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 2 * LONGEST_TOKEN + 1;
}
