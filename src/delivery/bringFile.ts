// One file from a server into the store: by parts, several at once, where it is large or begun, else in one piece.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { wrongHash } from '../engine/packReader.ts';
import type { Reply } from './ask.ts';
import { hexDigest } from './digest.ts';
import { MixedFault, PassingFault } from './faults.ts';
import type { KeptFile, Segment } from './keptFile.ts';
import { createPatience, type Turn } from './patience.ts';
import {
  compareVersions,
  type Transferring,
  takeBody,
  transfer,
  type WantedFile,
  WholeReply,
} from './transfer.ts';

export interface Means extends Transferring {
  /** A place among the requests that are made at once. */
  readonly turn: Turn;
}

/**
 * Brings what is missing of a file, and marks it as whole. Of what turns out not to be the file nothing is kept.
 * @throws {GaveUp} when a fault did not pass; what has come by then is kept
 * @throws {UserError} when the server has another file there, or none
 */
export async function bringFile(file: WantedFile, kept: KeptFile, means: Means): Promise<void> {
  const patience = createPatience(means.limits, means.signal);
  let mayBeParts = true;
  let answered: Reply | null = null;
  for (;;) {
    const inParts = mayBeParts && (kept.bytes > 0 || kept.segments.length > 1);
    try {
      const digest = inParts
        ? await bringParts(file, kept, means)
        : await bringWhole(file, kept, means, answered);
      if (digest === file.sha256) return await kept.markWhole();
      throw new MixedFault(wrongHash(file));
    } catch (error) {
      answered = null;
      if (error instanceof WholeReply) {
        mayBeParts = false;
        answered = error.reply;
      } else if (error instanceof MixedFault) {
        await kept.drop();
        means.onChange();
        // In one piece from the start it has no parts that may not fit.
        if (!inParts) throw error.found;
        mayBeParts = false;
      } else if (error instanceof PassingFault) {
        means.onChange();
        await patience.after(error, kept.bytes);
      } else throw error;
    }
  }
}

/** @returns the SHA-256 of what is there then */
async function bringParts(file: WantedFile, kept: KeptFile, means: Means): Promise<string> {
  const { limits, turn } = means;
  const ended = new AbortController();
  const end = () => ended.abort(means.signal.reason);
  if (means.signal.aborted) end();
  means.signal.addEventListener('abort', end, { once: true });
  const { signal } = ended;
  const busy = new Set<Promise<void>>();

  async function bringPart(segment: Segment): Promise<void> {
    const patience = createPatience(limits, signal);
    for (;;) {
      const from = segment.start + kept.lengthOf(segment);
      if (from === segment.end) return;
      try {
        await transfer(file, { from, to: segment.end }, kept, { ...means, signal });
      } catch (error) {
        if (!(error instanceof PassingFault)) throw error;
        means.onChange();
        await patience.after(error, kept.lengthOf(segment));
      }
    }
  }

  const fail = (error: unknown) => {
    if (error instanceof WholeReply && !signal.aborted) error.reply.follow(means.signal);
    ended.abort(new DOMException('Another part failed.', 'AbortError'));
    return error;
  };
  const parts = kept.segments.map((segment) =>
    turn(async () => {
      signal.throwIfAborted();
      // Before the next part has its turn.
      const bringing = bringPart(segment).catch((error) => {
        throw fail(error);
      });
      busy.add(bringing);
      await bringing;
    }),
  );
  const hashing = async () => {
    if (parts.length === 1) {
      await parts[0];
      return hexDigest(await kept.read(kept.segments[0]));
    }
    const hash = sha256.create();
    for (const [index, segment] of kept.segments.entries()) {
      await parts[index];
      hash.update(await kept.read(segment));
    }
    return bytesToHex(hash.digest());
  };
  try {
    const [digest] = await Promise.all([hashing(), ...parts]);
    return digest;
  } catch (error) {
    fail(error);
    // What they hold open must be closed before anybody writes anew.
    await Promise.allSettled(busy);
    throw error;
  } finally {
    means.signal.removeEventListener('abort', end);
  }
}

/** @returns the SHA-256 of what came */
async function bringWhole(
  file: WantedFile,
  kept: KeptFile,
  means: Means,
  answered: Reply | null,
): Promise<string> {
  await kept.drop();
  means.onChange();
  // What is in memory at its end in any case is for the browser to hash; the rest is hashed as it comes.
  const isOne = kept.segments.length === 1;
  const hash = sha256.create();
  const whole = { from: 0, to: file.bytes };
  const take = (piece: Uint8Array) => void (isOne || hash.update(piece));
  if (answered) {
    await compareVersions(answered, file, whole, kept, means);
    await takeBody(answered, file, whole, kept, means, take);
  } else await means.turn(() => transfer(file, whole, kept, means, take));
  return isOne ? hexDigest(await kept.read(kept.segments[0])) : bytesToHex(hash.digest());
}
