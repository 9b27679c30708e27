// Reading a ByteSource so that a short or failed read is one clear sentence, never silent zeros.
import { UserError } from '../errors.ts';
import type { ByteSource } from './source.ts';

/** @throws UserError where the range is outside the source or the source gives less than it promised */
export async function readExactly(
  source: ByteSource,
  start: number,
  end: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!(start >= 0 && start <= end && end <= source.byteLength)) {
    throw new UserError(
      'checkpoint',
      `The file has ${source.byteLength} bytes, but something in it is said to lie at ${start} to ${end}: it is cut off or damaged. Fetch it again.`,
    );
  }
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await source.slice(start, end);
  } catch (cause) {
    // A browser's file handle goes stale when the file is moved or written to.
    if (cause instanceof UserError) throw cause;
    throw new UserError(
      'checkpoint',
      'The file can no longer be read. It may have been moved or changed: choose it again.',
      { cause },
    );
  }
  if (bytes.byteLength !== end - start) {
    throw new UserError(
      'checkpoint',
      `Reading ${end - start} bytes at ${start} gave only ${bytes.byteLength}: the file changed while it was read. Choose it again.`,
    );
  }
  return bytes;
}

/** Part of a source as a source of its own. Bytes, end exclusive. */
export function subSource(source: ByteSource, start: number, end: number): ByteSource {
  return {
    byteLength: end - start,
    slice: (from, to) => readExactly(source, start + from, start + to),
  };
}
