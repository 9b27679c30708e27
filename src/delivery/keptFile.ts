// One file in the store, in a folder named by its SHA-256: segments named by where they begin, each as long as what has come
// of it, so that nothing else need say how far a transfer came; and a mark, once the whole was checked.
import type { PackFile } from '../pack/manifest.ts';
import type { BlobStore } from './blobStore.ts';

const whole = 'whole';
const validator = 'validator';

/** Whether a blob in a file's folder holds bytes of it. */
export const isSegment = (name: string): boolean => /^\d+$/.test(name);

/** A stretch of a file; `end` is not in it. */
export interface Segment {
  readonly start: number;
  readonly end: number;
}

export type FileName = Pick<PackFile, 'bytes' | 'sha256'>;

/** Where a file's version was seen, and what told it. */
export interface Validator {
  readonly url: string;
  readonly value: string;
}

export interface KeptFile {
  readonly segments: readonly Segment[];
  /** Bytes that are there. */
  readonly bytes: number;
  /** All of it is there, and was found to be what its name says. */
  readonly isWhole: boolean;
  /** Bytes that are there of a segment, from its start. */
  lengthOf(segment: Segment): number;
  /** Null where parts are there of nobody knows which version. */
  readonly validator: Validator | null;
  setValidator(validator: Validator): Promise<void>;
  /** Takes pieces one after the other; `from` is where a segment begins, or ends as yet. */
  writer(from: number): PieceWriter;
  read(segment: Segment): Promise<Uint8Array<ArrayBuffer>>;
  markWhole(): Promise<void>;
  /** Nothing of it stays. */
  drop(): Promise<void>;
}

export interface PieceWriter {
  take(piece: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** @param size of a segment, in bytes */
export function segmentsOf(bytes: number, size: number): Segment[] {
  return Array.from({ length: Math.ceil(bytes / size) }, (_, index) => ({
    start: index * size,
    end: Math.min((index + 1) * size, bytes),
  }));
}

/**
 * What is there of a file by now.
 * @param size of a segment, in bytes
 * @param memory of the file's size: what is written goes there as well, and need not be read back
 */
export async function openKeptFile(
  store: BlobStore,
  { sha256, bytes }: FileName,
  size: number,
  memory?: Uint8Array<ArrayBuffer>,
): Promise<KeptFile> {
  const segments = segmentsOf(bytes, size);
  const sizes = await store.sizes(sha256);
  const lengths = segments.map(({ start, end }) => Math.min(sizes.get(String(start)) ?? 0, end - start));
  let isMarked = sizes.has(whole);
  let seen = sizes.has(validator) ? parseValidator(await store.read(sha256, validator)) : null;
  const sum = () => lengths.reduce((sum, length) => sum + length, 0);
  const indexOf = (at: number) => Math.floor(at / size);
  /** Where the stretch begins that is in memory up to a segment's length. */
  const inMemory = segments.map(({ end }) => end);

  return {
    segments,
    get bytes() {
      return sum();
    },
    get isWhole() {
      return isMarked && sum() === bytes;
    },
    get validator() {
      return seen;
    },
    lengthOf: ({ start }) => lengths[indexOf(start)],
    async setValidator(next) {
      seen = next;
      await store.write(sha256, validator, new TextEncoder().encode(JSON.stringify(next)));
    },
    writer(from) {
      let at = from;
      let open: {
        readonly segment: Segment;
        readonly appender: Awaited<ReturnType<BlobStore['append']>>;
      } | null = null;
      return {
        async take(piece) {
          for (let rest = piece; rest.length > 0; ) {
            const index = indexOf(at);
            const segment = segments[index];
            if (open?.segment !== segment) {
              await open?.appender.close();
              open = null;
              open = {
                segment,
                appender: await store.append(sha256, String(segment.start), at - segment.start),
              };
              lengths[index] = at - segment.start;
              inMemory[index] = Math.min(inMemory[index], at);
            }
            const part = rest.subarray(0, segment.end - at);
            open.appender.append(part);
            memory?.set(part, at);
            at += part.length;
            lengths[index] += part.length;
            rest = rest.subarray(part.length);
          }
        },
        async close() {
          await open?.appender.close();
          open = null;
        },
      };
    },
    async read({ start, end }) {
      if (memory && inMemory[indexOf(start)] === start) {
        return memory.subarray(start, start + lengths[indexOf(start)]);
      }
      const found = await store.read(sha256, String(start));
      return (found ?? new Uint8Array()).subarray(0, end - start);
    },
    async markWhole() {
      await store.write(sha256, whole, new Uint8Array());
      isMarked = true;
    },
    async drop() {
      await store.remove(sha256);
      lengths.fill(0);
      for (const [index, { end }] of segments.entries()) inMemory[index] = end;
      isMarked = false;
      seen = null;
    },
  };
}

function parseValidator(bytes: Uint8Array | null): Validator | null {
  try {
    const { url, value } = JSON.parse(new TextDecoder().decode(bytes ?? new Uint8Array()));
    return typeof url === 'string' && typeof value === 'string' ? { url, value } : null;
  } catch {
    // A tab that closed while it was written.
    return null;
  }
}
