// One request for a file, or for a part of it: what comes is put where it belongs, or is told apart from the file.
import { webPage, wrongSize } from '../engine/packReader.ts';
import { UserError } from '../errors.ts';
import type { PackFile } from '../pack/manifest.ts';
import { ask, type Reply } from './ask.ts';
import { MixedFault, PassingFault } from './faults.ts';
import { beginsLikePage, isStrong, judge, type Span, strangePart, validatorOf } from './judge.ts';
import type { KeptFile } from './keptFile.ts';
import type { Limits } from './patience.ts';

/** A file of a pack, and its address. */
export interface WantedFile extends PackFile {
  readonly url: string;
}

export interface Transferring {
  readonly limits: Limits;
  /** Whether the files are of the page's own origin: others may hide headers, and need not take those of ours. */
  readonly isOwnOrigin: boolean;
  readonly signal: AbortSignal;
  /** Told whenever something has come, or gone; also while it waits to try again. */
  readonly onChange: () => void;
}

/** Asked for a part, the server sends the whole: it knows no parts, or the file is not what it was. */
export class WholeReply extends Error {
  constructor(readonly reply: Reply) {
    super('The whole file comes.');
  }
}

/**
 * @param span from where a segment begins, or ends as yet
 * @throws {WholeReply} with a reply that is still open
 * @throws {PassingFault} what has come by then is kept
 * @throws {MixedFault} nothing that is kept of the file can be trusted
 * @throws {UserError} it is not the file
 */
export async function transfer(
  file: WantedFile,
  span: Span,
  kept: KeptFile,
  means: Transferring,
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
    const seesHeaders = means.isOwnOrigin && !reply.response.redirected;
    if (judge(reply.response, span, file, seesHeaders) === 'whole') throw new WholeReply(reply);
    await compareVersions(reply, file, span, kept, means);
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

/** Remembers which version of the file this is. @throws {MixedFault} when the parts that are kept are of another */
export async function compareVersions(
  { response }: Reply,
  file: WantedFile,
  span: Span,
  kept: KeptFile,
  means: Transferring,
): Promise<void> {
  // What is answered elsewhere must not be asked for with a header that it would have to allow.
  const value = means.isOwnOrigin && response.redirected ? null : validatorOf(response);
  const known = knownVersion(file, kept);
  if (value === null || value === known) return;
  if (known !== null && !isAll(span, file)) throw new MixedFault(changed(file));
  await kept.setValidator({ url: file.url, value });
}

/** Takes all pieces of a reply. */
export async function takeBody(
  { response, pieces }: Reply,
  file: WantedFile,
  span: Span,
  kept: KeptFile,
  means: Transferring,
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
