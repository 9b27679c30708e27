// What a server's answer is, by its status and headers, before a byte of it is taken.
import { checkAnswer, wrongSize } from '../engine/packReader.ts';
import { UserError } from '../errors.ts';
import type { PackFile } from '../pack/manifest.ts';
import { MixedFault, PassingFault } from './faults.ts';

/** Bytes `from` to `to` of a file, `to` not among them. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Statuses that pass: too early, too many, and what goes wrong within a server or before it. */
const passing = new Set([408, 425, 429, 500, 502, 503, 504]);

export const isPassing = (status: number): boolean => passing.has(status);

/**
 * Whether the body is the bytes that were asked for, or the whole file though a part was asked for.
 * @param seesHeaders of pages of its own origin a browser shows all headers; of others it may hide Content-Range
 * @throws {PassingFault} when it is worth trying again
 * @throws {MixedFault} when this part cannot be trusted to be one
 * @throws {UserError} `pack-missing` or `pack-corrupt` when it is not the file
 */
export function judge(
  response: Response,
  { from, to }: Span,
  file: PackFile,
  seesHeaders: boolean,
): 'asked' | 'whole' {
  const { status, headers } = response;
  if (isPassing(status)) {
    const wait = Number(headers.get('retry-after'));
    throw new PassingFault(`The server answers ${status}`, wait > 0 ? wait : 0);
  }
  const isAll = from === 0 && to === file.bytes;
  // It has less than the pack says, or takes the range for something else: in one piece it will be seen.
  if (status === 416) throw new MixedFault(wrongSize(file, `fewer than ${from + 1} of ${file.bytes}`));
  checkAnswer(response, file.file);
  if (status !== 206) return isAll ? 'asked' : 'whole';

  const part = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  if (!part) {
    if (seesHeaders) throw new MixedFault(strangePart(file, 'does not say which'));
    return 'asked';
  }
  const [first, last, total] = part.slice(1).map(Number);
  if (first !== from || last >= to) {
    throw new MixedFault(strangePart(file, `sends bytes ${first} to ${last} for ${from} to ${to - 1}`));
  }
  if (Number.isFinite(total) && total !== file.bytes) {
    throw new MixedFault(wrongSize(file, `${total} instead of ${file.bytes}`));
  }
  return 'asked';
}

export function strangePart({ file }: PackFile, how: string): UserError {
  return new UserError(
    'pack-corrupt',
    `The server sends a part of ${file} and ${how}: try again, or use another server for this model.`,
  );
}

/** What tells a file's content from a later one, of this very address; null where the server tells nothing. */
export function validatorOf({ headers }: Response): string | null {
  return headers.get('etag') ?? headers.get('last-modified');
}

/** A weak one may stand for other bytes. */
export function isStrong(validator: string): boolean {
  return !validator.startsWith('W/');
}

/** Some servers send their page of an error as if it were the file. */
export function beginsLikePage(bytes: Uint8Array): boolean {
  return /^\s*<(!doctype|html)\b/i.test(new TextDecoder().decode(bytes.subarray(0, 64)));
}
