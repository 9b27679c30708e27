// A tensor is a view of a storage: checked once, read when asked, and only the bytes it needs.
import { UserError } from '../errors.ts';
import { quoted } from '../quote.ts';
import { readExactly } from './bytes.ts';
import { bytesPerElement, elements, tensorOfBytes } from './elements.ts';
import type { PickleTensor, PickleValue } from './pickleValues.ts';
import type { ByteSource } from './source.ts';
import type { CheckpointTensor, DType } from './tensors.ts';

/** PyTorch's own limit. */
const mostDimensions = 64;
/**
 * A view may repeat elements (`expand`), but not by much: a file of a few bytes could ask for any amount of memory.
 * Elements.
 */
const mostRepeated = 2 ** 20;

interface View {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  /** Product of the shape. */
  readonly count: number;
  /** First and last element used, counted in the storage. */
  readonly first: number;
  readonly last: number;
}

/**
 * The tensor named `name`, over the bytes of its storage.
 *
 * @throws UserError where the view does not fit its storage
 */
export function checkpointTensor(name: string, tensor: PickleTensor, storage: ByteSource): CheckpointTensor {
  const view = checkView(name, tensor, storage);
  return tensorOfBytes(view.dtype, view.shape, () => readView(view, storage));
}

function checkView(name: string, tensor: PickleTensor, storage: ByteSource): View {
  const { dtype } = tensor;
  const wrong = (what: string): UserError =>
    new UserError('checkpoint', `Tensor ${quoted(name)} ${what}: the file is damaged. Fetch it again.`);
  const shape = sizes(tensor.shape);
  const strides = sizes(tensor.strides);
  const [offset] = sizes([tensor.offset]) ?? [];
  if (!shape || !strides || offset === undefined || shape.length !== strides.length) {
    throw wrong('has a shape, strides or offset that no tensor can have');
  }

  const first = tensor.storage.firstElement + offset;
  const available = Math.floor(storage.byteLength / bytesPerElement(dtype));
  const described = () => `has shape ${listed(shape)}, strides ${listed(strides)} and offset ${first}`;
  if (shape.includes(0)) return { dtype, shape, strides, count: 0, first: 0, last: -1 };
  let count = 1;
  let last = first;
  for (let d = 0; d < shape.length; d++) {
    count *= shape[d];
    last += (shape[d] - 1) * strides[d];
  }
  // A NaN or an inexact sum is beyond any storage too.
  if (!(first >= 0 && last < available)) {
    throw wrong(`${described()}, but its storage has only ${available} elements`);
  }
  if (count > Math.max(available, mostRepeated)) {
    throw wrong(`${described()}: ${count} values from a storage of ${available} elements`);
  }
  return { dtype, shape, strides, count, first, last };
}

/** Numbers for a message, where there may be 64 of 16 digits each. */
function listed(sizes: readonly number[]): string {
  const text = sizes.join();
  return `[${text.length > 40 ? `${text.slice(0, 39)}…` : text}]`;
}

/** At most 64 sizes, whole, exact and not negative, copied; undefined for anything else. */
function sizes(value: PickleValue): number[] | undefined {
  if (!Array.isArray(value) || value.length > mostDimensions) return undefined;
  const numbers = value.filter((size) => Number.isSafeInteger(size) && (size as number) >= 0) as number[];
  return numbers.length === value.length ? numbers : undefined;
}

async function readView(view: View, storage: ByteSource): Promise<Uint8Array<ArrayBuffer>> {
  const size = bytesPerElement(view.dtype);
  if (view.count === 0) return new Uint8Array(0);
  const bytes = await readExactly(storage, view.first * size, (view.last + 1) * size);
  return isContiguous(view) ? bytes : gather(bytes, view, size);
}

function isContiguous({ shape, strides }: View): boolean {
  let expected = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    // The stride of a dimension of one is never taken.
    if (shape[d] !== 1 && strides[d] !== expected) return false;
    expected *= shape[d];
  }
  return true;
}

/**
 * Strided elements, from bytes that begin with the view's first, into row-major order. Moved as integers, because a
 * float copy may change a NaN's bits.
 */
function gather(bytes: Uint8Array<ArrayBuffer>, view: View, size: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(view.count * size);
  switch (size) {
    case 8:
      gatherInto(new BigUint64Array(out.buffer), elements(BigUint64Array, bytes), view);
      break;
    case 4:
      gatherInto(new Uint32Array(out.buffer), elements(Uint32Array, bytes), view);
      break;
    case 2:
      gatherInto(new Uint16Array(out.buffer), elements(Uint16Array, bytes), view);
      break;
    default:
      gatherInto(out, bytes, view);
  }
  return out;
}

function gatherInto<Element extends number | bigint>(
  out: { [index: number]: Element },
  from: { readonly [index: number]: Element },
  { shape, strides, count }: View,
): void {
  const inner = shape.length - 1;
  const index = new Array<number>(shape.length).fill(0);
  let source = 0;
  for (let target = 0; target < count; ) {
    for (let i = 0; i < shape[inner]; i++) out[target++] = from[source + i * strides[inner]];
    // Step the outer dimensions like an odometer.
    for (let d = inner - 1; d >= 0; d--) {
      source += strides[d];
      if (++index[d] < shape[d]) break;
      source -= index[d] * strides[d];
      index[d] = 0;
    }
  }
}
