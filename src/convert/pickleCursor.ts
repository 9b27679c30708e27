// Reading a pickle's bytes in order, with every length checked before anything is taken.
import { UserError } from '../errors.ts';

/** The window of the file that was read ends too early; the file itself goes on to at least `end`. */
export class WindowTooSmall extends Error {
  override readonly name = 'WindowTooSmall';
  constructor(readonly end: number) {
    super(`the pickle reaches byte ${end}`);
  }
}

export interface PickleCursor {
  /** Position of the next byte, counted from the start of the bytes. */
  position(): number;
  u8(): number;
  u16(): number;
  u32(): number;
  i32(): number;
  /** A length or index of eight bytes. */
  u64(): number;
  /** Eight bytes, most significant first. */
  f64(): number;
  /** The next bytes, not copied. */
  take(count: number): Uint8Array;
  /** The next bytes as UTF-8 text. */
  text(count: number): string;
  /** Text up to a line feed, which is passed over. */
  line(): string;
}

/** Longest line: module and class names, and numbers in the text protocol. */
const longestLine = 4096;

/**
 * @param bytes all of the pickle, or a window from the start of the file it lies in
 * @param fileLength where the file ends, at or beyond the end of `bytes`
 */
export function pickleCursor(bytes: Uint8Array, start: number, fileLength: number): PickleCursor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  let at = start;

  const advance = (count: number): number => {
    const end = at + count;
    if (end > bytes.length) {
      if (end > fileLength) {
        const rest = fileLength - at;
        throw new UserError(
          'checkpoint',
          `pickle: ${count} bytes should follow at byte ${at}, but only ${rest} are left: the file is cut off or damaged. Fetch it again.`,
        );
      }
      throw new WindowTooSmall(end);
    }
    const begin = at;
    at = end;
    return begin;
  };
  const take = (count: number): Uint8Array => {
    const begin = advance(count);
    return bytes.subarray(begin, begin + count);
  };

  return {
    position: () => at,
    u8: () => bytes[advance(1)],
    u16: () => view.getUint16(advance(2), true),
    u32: () => view.getUint32(advance(4), true),
    i32: () => view.getInt32(advance(4), true),
    // Beyond 2^53 it is inexact, and still longer than any file.
    u64: () => Number(view.getBigUint64(advance(8), true)),
    f64: () => view.getFloat64(advance(8), false),
    take,
    text: (count) => decoder.decode(take(count)),
    line: () => {
      const longest = Math.min(at + longestLine, bytes.length);
      let end = at;
      while (end < longest && bytes[end] !== 10) end++;
      if (end === at + longestLine) {
        throw new UserError(
          'checkpoint',
          `pickle: the name at byte ${at} does not end: the file is damaged. Fetch it again.`,
        );
      }
      const text = decoder.decode(take(end - at));
      advance(1);
      return text;
    },
  };
}
