// One file from a server into the store: by parts, several at once, where it is large or begun, else in one piece.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { webPage, wrongHash, wrongSize } from '../engine/packReader.ts';
import { UserError } from '../errors.ts';
import type { PackFile } from '../pack/manifest.ts';
import { ask, type Reply } from './ask.ts';
import { MixedFault, PassingFault } from './faults.ts';
import { beginsLikePage, isStrong, judge, type Span, strangePart, validatorOf } from './judge.ts';
import type { KeptFile, Segment } from './keptFile.ts';
import { createPatience, type Limits, type Turn } from './patience.ts';

/** A file of a pack, and its address. */
export interface WantedFile extends PackFile {
  readonly url: string;
}

export interface Means {
  readonly limits: Limits;
  readonly turn: Turn;
  /** Whether the files are of the page's own origin: others may hide headers, and need not take those of ours. */
  readonly isOwnOrigin: boolean;
  readonly signal: AbortSignal;
  /** Told whenever something has come, or gone; also while it waits to try again. */
  readonly onChange: () => void;
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

/** Asked for a part, the server sends the whole: it knows no parts, or the file is not what it was. */
class WholeReply extends Error {
  constructor(readonly reply: Reply) {
    super('The whole file comes.');
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
  const hash = sha256.create();
  const whole = { from: 0, to: file.bytes };
  const take = (piece: Uint8Array) => hash.update(piece);
  if (answered) {
    await compareVersions(answered, file, whole, kept);
    await takeBody(answered, file, whole, kept, means, take);
  } else await means.turn(() => transfer(file, whole, kept, means, take));
  return bytesToHex(hash.digest());
}

/** @throws {WholeReply} with a reply that is still open */
async function transfer(
  file: WantedFile,
  span: Span,
  kept: KeptFile,
  means: Means,
  onPiece: (piece: Uint8Array) => void = () => {},
): Promise<void> {
  const headers: Record<string, string> = isAll(span, file)
    ? {}
    : { range: `bytes=${span.from}-${span.to - 1}` };
  const known = knownVersion(file, kept);
  // Other origins would have to allow this header first.
  if (known && isStrong(known) && means.isOwnOrigin && headers.range) headers['if-range'] = known;
  const reply = await ask(file.url, headers, means.limits, means.signal);
  try {
    if (judge(reply.response, span, file, means.isOwnOrigin) === 'whole') throw new WholeReply(reply);
    await compareVersions(reply, file, span, kept);
    await takeBody(reply, file, span, kept, means, onPiece);
  } catch (error) {
    if (!(error instanceof WholeReply)) reply.end();
    throw error;
  }
}

const isAll = ({ from, to }: Span, { bytes }: PackFile) => from === 0 && to === bytes;

/** Of what is kept, as this very address told it; other addresses have other words for the same. */
function knownVersion({ url }: WantedFile, { validator }: KeptFile): string | null {
  return validator?.url === url ? validator.value : null;
}

async function compareVersions(
  { response }: Reply,
  file: WantedFile,
  span: Span,
  kept: KeptFile,
): Promise<void> {
  const value = validatorOf(response);
  const known = knownVersion(file, kept);
  if (value === null || value === known) return;
  if (known !== null && !isAll(span, file)) throw new MixedFault(changed(file));
  await kept.setValidator({ url: file.url, value });
}

async function takeBody(
  { response, pieces }: Reply,
  file: WantedFile,
  span: Span,
  kept: KeptFile,
  means: Means,
  onPiece: (piece: Uint8Array) => void,
): Promise<void> {
  const { from, to } = span;
  const isWhole = isAll(span, file);
  const writer = kept.writer(from);
  let at = from;
  try {
    for await (const piece of pieces) {
      means.signal.throwIfAborted();
      if (at === 0 && beginsLikePage(piece)) throw webPage(response, file.file);
      if (at + piece.length > to) {
        throw new MixedFault(
          isWhole ? wrongSize(file, `more than ${file.bytes}`) : strangePart(file, 'more than was asked for'),
        );
      }
      await writer.take(piece);
      onPiece(piece);
      at += piece.length;
      means.onChange();
    }
  } finally {
    await writer.close();
  }
  if (at === to) return;
  const short = wrongSize(file, `${at} instead of ${file.bytes}`);
  // By the server's own word this is all.
  if (isWhole && response.headers.get('content-length') === String(at)) throw new MixedFault(short);
  throw new PassingFault('The server ends the file early', 0, isWhole ? short : null);
}

function changed({ file }: PackFile): UserError {
  return new UserError(
    'pack-corrupt',
    `${file} changed on the server while it was fetched: open the model again.`,
  );
}
