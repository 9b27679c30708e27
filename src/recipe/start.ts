// Where a picture begins: a small language of its own. The engine makes tokens and a mask of kept positions of it.
import { decodeBase64, encodeBase64 } from './base64.ts';
import type { RecipeReader } from './reader.ts';
import { MAX_STEPS } from './recipe.ts';

export const MAX_POSITIONS = 4096;
/** The largest codebook a pack may have; where a position is masked its token is K. */
const MAX_CODE = 1 << 20;

export type RecipeStart =
  /** A new picture. */
  | { readonly kind: 'all masked' }
  /** Given tokens, of which some positions may change. */
  | {
      readonly kind: 'tokens';
      /** Codes, and K where masked. [positions] */
      readonly tokens: readonly number[];
      /** Which positions may change: a bit each, from the lowest of the first byte on, base64. */
      readonly free: string;
      /** The first that the denoiser sees, 0..T-1: x there is these tokens, with no noise added. */
      readonly timestep: number;
    };

/** @param free whether each position may change. [positions] */
export function encodeFree(free: readonly boolean[]): string {
  const bytes = new Uint8Array(Math.ceil(free.length / 8));
  free.forEach((may, i) => {
    if (may) bytes[i >> 3] |= 1 << (i & 7);
  });
  return encodeBase64(bytes);
}

/** The inverse of encodeFree; null when it is none of so many positions. */
export function decodeFree(text: string, positions: number): boolean[] | null {
  if (text.length !== Math.ceil(Math.ceil(positions / 8) / 3) * 4) return null;
  const bytes = decodeBase64(text);
  if (bytes?.length !== Math.ceil(positions / 8)) return null;
  const spare = bytes.length * 8 - positions;
  if (bytes[bytes.length - 1] >> (8 - spare)) return null;
  return Array.from({ length: positions }, (_, i) => ((bytes[i >> 3] >> (i & 7)) & 1) === 1);
}

const allMasked: RecipeStart = { kind: 'all masked' };

/** Reads a start; what is wrong is noted in the reader. */
export function readStart(reader: RecipeReader): RecipeStart {
  const kind = reader.kind(['all masked', 'tokens']);
  switch (kind) {
    case null:
      return allMasked;
    case 'all masked': {
      reader.only(['kind']);
      return { kind };
    }
    case 'tokens': {
      reader.only(['kind', 'tokens', 'free', 'timestep']);
      const tokens = reader
        .field('tokens')
        .items(1, MAX_POSITIONS)
        .map((token) => token.integer(0, MAX_CODE));
      const free = readFree(reader.field('free'), tokens.length);
      return { kind, tokens, free, timestep: reader.field('timestep').integer(0, MAX_STEPS - 1) };
    }
    default:
      return kind satisfies never;
  }
}

function readFree(reader: RecipeReader, positions: number): string {
  const { value } = reader;
  if (typeof value === 'string' && decodeFree(value, positions)?.includes(true)) return value;
  return reader.fault(`base64 of ${positions} bits, one of them set`, '');
}

/** The same start with its fields in the one order in which it is written. */
export function orderedStart(start: RecipeStart): RecipeStart {
  const { kind } = start;
  switch (kind) {
    case 'all masked':
      return { kind };
    case 'tokens':
      return { kind, tokens: start.tokens, free: start.free, timestep: start.timestep };
    default:
      return start satisfies never;
  }
}
