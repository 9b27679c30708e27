// Reads safetensors files (https://github.com/huggingface/safetensors#format): the length of a JSON header, the
// header, then the bytes of all tensors.
import { UserError } from '../errors.ts';
import { quotable, readExactly } from './bytes.ts';
import { bytesPerElement, tensorOfBytes } from './elements.ts';
import type { ByteSource } from './source.ts';
import type { CheckpointTensor, CheckpointTensors, DType } from './tensors.ts';

const LENGTH_BYTES = 8;
/** The format's own limit. */
const LARGEST_HEADER = 100_000_000;

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

/** A header of JSON, and of a length that the format allows. `head`: at least the first 9 bytes. */
export function isSafetensors(head: Uint8Array): boolean {
  if (head.length <= LENGTH_BYTES || head[LENGTH_BYTES] !== '{'.charCodeAt(0)) return false;
  return headerLength(head) <= LARGEST_HEADER;
}

function headerLength(head: Uint8Array): number {
  return Number(new DataView(head.buffer, head.byteOffset).getBigUint64(0, true));
}

/**
 * Names, shapes and dtypes of all tensors, each checked against the file's length; the values stay unread.
 *
 * @throws UserError('checkpoint') where the file is cut off or its header cannot be right
 */
export async function openSafetensors(source: ByteSource): Promise<CheckpointTensors> {
  const start = LENGTH_BYTES + headerLength(await readExactly(source, 0, LENGTH_BYTES));
  const header = parseHeader(await readExactly(source, LENGTH_BYTES, start));
  const tensors = new Map<string, CheckpointTensor>();
  for (const [name, entry] of Object.entries(header)) {
    // Texts about the file.
    if (name === '__metadata__') continue;
    tensors.set(name, openTensor(name, entry, source, start));
  }
  return tensors;
}

function parseHeader(bytes: Uint8Array): object {
  try {
    const header: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof header === 'object' && header !== null) return header;
  } catch {
    // Said below, with what to do.
  }
  throw new UserError(
    'checkpoint',
    "The safetensors file's header is not JSON: it is damaged. Fetch it again.",
  );
}

/** @param start of the tensors' bytes in the file */
function openTensor(name: string, entry: unknown, source: ByteSource, start: number): CheckpointTensor {
  const { dtype: code, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  const dtype = dtypes.get(code);
  if (!dtype && typeof code === 'string') {
    throw new UserError(
      'checkpoint',
      `Tensor ${quotable(name)} is stored as ${quotable(code)}, which is not supported: take the file with float16 or float32 weights.`,
    );
  }
  if (!dtype || !isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) throw damaged(name);
  const [begin, end] = offsets;
  const count = shape.reduce((product, size) => product * size, 1);
  if (end - begin !== count * bytesPerElement(dtype)) throw damaged(name);
  if (start + end > source.byteLength) {
    throw new UserError(
      'checkpoint',
      `Tensor ${quotable(name)} ends at byte ${start + end} and the file has ${source.byteLength}: it is cut off. Fetch it again.`,
    );
  }
  return tensorOfBytes(dtype, shape, () => readExactly(source, start + begin, start + end));
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function damaged(name: string): UserError {
  return new UserError(
    'checkpoint',
    `Tensor ${quotable(name)} has a type, shape or place in the safetensors file that do not fit together: the file is damaged. Fetch it again.`,
  );
}
