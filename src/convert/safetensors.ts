// Reads safetensors files (https://github.com/huggingface/safetensors#format): the length of a JSON header, the
// header, then the bytes of all tensors. Refuses what the format's own reader refuses: tensors lie one after the other,
// without a hole and without an overlap, and the last one ends the file.
import { UserError } from '../errors.ts';
import { quoted } from '../quote.ts';
import { readExactly } from './bytes.ts';
import { bytesPerElement, tensorOfBytes } from './elements.ts';
import type { ByteSource } from './source.ts';
import type { CheckpointTensor, CheckpointTensors, DType } from './tensors.ts';

const LENGTH_BYTES = 8;
/** The format's own limit. */
const LARGEST_HEADER = 100_000_000;
/** Of 200,000 tensors; a longer one would take more memory than a browser's tab has to give for names. */
const LARGEST_READ_HEADER = 20_000_000;

const dtypes = new Map<unknown, DType>([
  ['F64', 'float64'],
  ['F32', 'float32'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
  ['I64', 'int64'],
  ['I32', 'int32'],
  ['I16', 'int16'],
  ['I8', 'int8'],
  ['U8', 'uint8'],
  ['BOOL', 'bool'],
]);

/** Bits of an element of the types that we lack. Newer versions of the format may have others still. */
const lackedBits = new Map<string, number>([
  ['F4', 4],
  ['F6_E2M3', 6],
  ['F6_E3M2', 6],
  ['F8_E4M3', 8],
  ['F8_E4M3FNUZ', 8],
  ['F8_E5M2', 8],
  ['F8_E5M2FNUZ', 8],
  ['F8_E8M0', 8],
  ['U16', 16],
  ['U32', 32],
  ['U64', 64],
  ['C64', 64],
]);
const typeName = /^[A-Z][A-Z0-9_]{1,15}$/;

/** A header of JSON, and of a length that the format allows. `head`: at least the first 9 bytes. */
export function isSafetensors(head: Uint8Array): boolean {
  if (head.length <= LENGTH_BYTES || headerLength(head) > LARGEST_HEADER) return false;
  // The reference lets JSON's blanks stand before it.
  const first = head.subarray(LENGTH_BYTES).find((byte) => ![0x20, 0x09, 0x0a, 0x0d].includes(byte));
  return first === '{'.charCodeAt(0);
}

function headerLength(head: Uint8Array): number {
  return Number(new DataView(head.buffer, head.byteOffset).getBigUint64(0, true));
}

/**
 * Names, shapes and dtypes of all tensors, each checked against the file's length; the values stay unread.
 *
 * @param unread takes the tensors of types that we lack, by name, each with the sentence that says so
 * @throws UserError('checkpoint') where the file is cut off or its header cannot be right
 */
export async function openSafetensors(
  source: ByteSource,
  unread: Map<string, string> = new Map(),
): Promise<CheckpointTensors> {
  const length = headerLength(await readExactly(source, 0, LENGTH_BYTES));
  const start = LENGTH_BYTES + length;
  if (start <= source.byteLength && length > LARGEST_READ_HEADER) {
    throw new UserError(
      'checkpoint',
      `The safetensors file's header has ${length} bytes: no model of this kind has so many tensors.`,
    );
  }
  const entries = parseHeader(await readExactly(source, LENGTH_BYTES, start)).map(parseEntry);
  checkPlaces(entries, source.byteLength - start);
  const tensors = new Map<string, CheckpointTensor>();
  for (const { name, code, dtype, shape, begin, end } of entries) {
    if (dtype) {
      const bytes = () => readExactly(source, start + begin, start + end);
      tensors.set(name, tensorOfBytes(dtype, shape, bytes));
    } else {
      unread.set(
        name,
        `Tensor ${quoted(name)} is stored as ${quoted(code)}, which is not supported: take the file with float16 or float32 weights.`,
      );
    }
  }
  return tensors;
}

/** Names with what stands for them; a name that is there twice has what comes last, as for the reference. */
function parseHeader(bytes: Uint8Array): [name: string, entry: unknown][] {
  const header = parseJson(bytes);
  if (!isRecord(header)) throw wrongHeader('is not JSON of tensors by name');
  const { __metadata__: texts, ...tensors } = header;
  if (texts !== undefined && texts !== null) {
    if (!isRecord(texts) || Object.values(texts).some((text) => typeof text !== 'string')) {
      throw wrongHeader('has something else than texts as metadata');
    }
  }
  return Object.entries(tensors);
}

function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw wrongHeader('is no UTF-8');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw wrongHeader('is not JSON');
  }
}

interface Entry {
  readonly name: string;
  /** As the format names it. */
  readonly code: string;
  /** Undefined for a type that we lack. */
  readonly dtype: DType | undefined;
  readonly shape: readonly number[];
  /** Of the bytes after the header. */
  readonly begin: number;
  readonly end: number;
}

function parseEntry([name, entry]: [string, unknown]): Entry {
  const { dtype: code, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  const dtype = dtypes.get(code);
  if (!name.isWellFormed()) throw wrongHeader('has a name that is no UTF-8');
  if (
    typeof code !== 'string' ||
    !typeName.test(code) ||
    !isSizes(shape) ||
    !isSizes(offsets) ||
    offsets.length !== 2
  ) {
    throw damaged(name);
  }
  const [begin, end] = offsets;
  const count = shape.reduce((product, size) => product * size, 1);
  const bits = dtype ? 8 * bytesPerElement(dtype) : lackedBits.get(code);
  if (end < begin || (bits !== undefined && 8 * (end - begin) !== count * bits)) throw damaged(name);
  return { name, code, dtype, shape, begin, end };
}

/** @param length of the bytes after the header */
function checkPlaces(entries: readonly Entry[], length: number): void {
  let end = 0;
  for (const entry of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin !== end) {
      throw new UserError(
        'checkpoint',
        `Tensor ${quoted(entry.name)} begins at byte ${entry.begin} and not at ${end}, where the one before it ends: the safetensors file is damaged. Fetch it again.`,
      );
    }
    end = entry.end;
  }
  if (end === length) return;
  throw new UserError(
    'checkpoint',
    end > length
      ? `The tensors of the safetensors file have ${end} bytes, and ${length} are there: it is cut off. Fetch it again.`
      : `The safetensors file has ${length - end} bytes after its last tensor: it is damaged. Fetch it again.`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function wrongHeader(found: string): UserError {
  return new UserError(
    'checkpoint',
    `The safetensors file's header ${found}: it is damaged. Fetch it again.`,
  );
}

function damaged(name: string): UserError {
  return new UserError(
    'checkpoint',
    `Tensor ${quoted(name)} has a type, shape or place in the safetensors file that do not fit together: the file is damaged. Fetch it again.`,
  );
}
