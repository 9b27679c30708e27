// Where the candidates of a batch begin: all of it masked, or with given tokens, of which some may change.
import type { ImageTokens } from '../types.ts';

/** Given tokens of one candidate. */
export interface GivenTokens {
  /** Codes, and K where masked. [positions] */
  readonly tokens: readonly number[];
  /** Whether each may change. [positions] */
  readonly free: readonly boolean[];
}

export interface Starts {
  /** [candidates, positions] */
  readonly start: ImageTokens;
  /** 1 where a token may change, else 0. [candidates, positions] */
  readonly free: Uint8Array;
}

/**
 * @param given one for each candidate; null for all masked
 * @param mask K
 */
export function startsOf(given: readonly (GivenTokens | null)[], positions: number, mask: number): Starts {
  const start = new Int32Array(given.length * positions).fill(mask) as ImageTokens;
  const free = new Uint8Array(start.length).fill(1);
  for (const [candidate, own] of given.entries()) {
    if (!own) continue;
    start.set(own.tokens, candidate * positions);
    free.set(own.free.map(Number), candidate * positions);
  }
  return { start, free };
}
