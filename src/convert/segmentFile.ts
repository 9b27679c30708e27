// A file as a stream of known length: only one weight is in memory at a time, so it may be larger than memory.
import { type Segment, totalBytes } from '../protobuf.ts';

export interface SegmentFile {
  readonly byteLength: number;
  /** The file from its beginning, piece by piece. @throws {Error} when a weight has another size than it declared. */
  chunks(): AsyncGenerator<Uint8Array, void, undefined>;
}

export function segmentFile(segments: readonly Segment[]): SegmentFile {
  return {
    byteLength: totalBytes(segments),
    async *chunks() {
      // Small pieces go out together: a sink should not be called once for every field.
      let pending: Uint8Array[] = [];
      for (const segment of segments) {
        if (segment instanceof Uint8Array) {
          pending.push(segment);
          continue;
        }
        if (pending.length) yield joined(pending);
        pending = [];
        const bytes = await segment.load();
        if (bytes.byteLength !== segment.byteLength) {
          throw new Error(`A weight has ${bytes.byteLength} bytes instead of ${segment.byteLength}.`);
        }
        yield bytes;
      }
      if (pending.length) yield joined(pending);
    },
  };
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(totalBytes(pieces));
  let position = 0;
  for (const piece of pieces) {
    bytes.set(piece, position);
    position += piece.byteLength;
  }
  return bytes;
}
