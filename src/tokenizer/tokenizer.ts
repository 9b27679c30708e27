// Prompt to CLIP token ids, exactly as the authors' Tokenize wrapper does. The only import of @huggingface/tokenizers,
// whose byte-level BPE it uses; cleaning, splitting, truncation and padding are the authors' and are done here.
import { BPE, ByteLevelPreTokenizer } from '@huggingface/tokenizers';
import { quoted } from '../quote.ts';
import type { PromptIds } from '../types.ts';
import { cleanText } from './cleanText.ts';
import { checkConfig, invalidTokenizer, parseBpeModel } from './parseFiles.ts';
import { END, START, splitWords } from './splitWords.ts';

export interface Tokenized {
  /** START, tokens, END, then zeros. [contextLength] */
  readonly ids: PromptIds;
  /** With START and END, before any truncation. */
  readonly tokenCount: number;
  /** The prompt's tail was dropped: it has more than contextLength tokens. */
  readonly truncated: boolean;
}

/** To be called when the names in the prompt are loaded, see `loadNamesIn`. */
export type Tokenizer = (prompt: string) => Tokenized;

/** What the text encoder takes. */
export interface TextSizes {
  /** Ids of a prompt. */
  readonly contextLength: number;
  /** Different ids. */
  readonly vocabularySize: number;
}

/**
 * @param model what tokenizer.json holds; of it, only the BPE model is used
 * @param config what tokenizer_config.json holds
 * @throws UserError `pack-invalid` where they are not those of a CLIP tokenizer, or give ids that the text encoder lacks
 */
export function createTokenizer(
  model: unknown,
  config: unknown,
  { contextLength, vocabularySize }: TextSizes,
): Tokenizer {
  checkConfig(config);
  const bpe = new BPE(parseBpeModel(model, vocabularySize));
  const byteLevel = new ByteLevelPreTokenizer({
    type: 'ByteLevel',
    add_prefix_space: false,
    trim_offsets: false,
    use_regex: false,
  });
  const idOf = (token: string): number => {
    const id = bpe.tokens_to_ids.get(token);
    if (id === undefined) throw invalidTokenizer(`tokenizer.json has no id for the token ${quoted(token)}`);
    return id;
  };
  const start = idOf(START);
  const end = idOf(END);

  function idsOf(word: string): number[] {
    if (word === START) return [start];
    if (word === END) return [end];
    return bpe.bpe(byteLevel.pre_tokenize_text(word)[0]).map(idOf);
  }

  return (prompt) => {
    const all = [start, ...splitWords(cleanText(prompt)).flatMap(idsOf), end];
    const truncated = all.length > contextLength;
    const ids = new Int32Array(contextLength) as PromptIds;
    ids.set(all.slice(0, contextLength));
    if (truncated) ids[contextLength - 1] = end;
    return { ids, tokenCount: all.length, truncated };
  };
}
