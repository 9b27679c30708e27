// Everything a checkpoint may call, and what the call means here. Nothing is looked up outside these tables, and what is
// not in them is not called: it leaves an inert object.
import { type Budget, cost } from './budget.ts';
import {
  isKind,
  type PickleStorage,
  type PickleTensor,
  type PickleValue,
  type UnreadableTensor,
} from './pickleValues.ts';
import type { DType } from './tensors.ts';

/** What a call gives; undefined where the arguments are not those of the function. */
export type Call = (args: readonly PickleValue[], budget: Budget) => PickleValue | undefined;

interface StorageType {
  /** null: not read. */
  readonly dtype: DType | 'untyped' | null;
  readonly bytes: number;
  /** What the storage's tensors are called in PyTorch. */
  readonly called: string;
}

const storageTypes: ReadonlyMap<string, StorageType> = new Map(
  (
    [
      ['DoubleStorage', 'float64', 8],
      ['FloatStorage', 'float32', 4],
      ['HalfStorage', 'float16', 2],
      ['BFloat16Storage', 'bfloat16', 2],
      ['LongStorage', 'int64', 8],
      ['IntStorage', 'int32', 4],
      ['ShortStorage', 'int16', 2],
      ['CharStorage', 'int8', 1],
      ['ByteStorage', 'uint8', 1],
      ['BoolStorage', 'bool', 1],
      ['UntypedStorage', 'untyped', 1],
      ['_UntypedStorage', 'untyped', 1],
      ['ComplexDoubleStorage', null, 16, 'complex128'],
      ['ComplexFloatStorage', null, 8, 'complex64'],
      ['QInt8Storage', null, 1, 'qint8'],
      ['QUInt8Storage', null, 1, 'quint8'],
      ['QInt32Storage', null, 4, 'qint32'],
      ['QUInt4x2Storage', null, 1, 'quint4x2'],
      ['QUInt2x4Storage', null, 1, 'quint2x4'],
    ] as const
  ).map(([name, dtype, bytes, called = name]) => [name, { dtype, bytes, called }]),
);

const dtypes: ReadonlyMap<string, DType> = new Map([
  ['torch.float64', 'float64'],
  ['torch.float32', 'float32'],
  ['torch.float16', 'float16'],
  ['torch.bfloat16', 'bfloat16'],
  ['torch.int64', 'int64'],
  ['torch.int32', 'int32'],
  ['torch.int16', 'int16'],
  ['torch.int8', 'int8'],
  ['torch.uint8', 'uint8'],
  ['torch.bool', 'bool'],
]);

const unreadable = (type: string): UnreadableTensor => ({ kind: 'unreadable', type });

/** Metadata marks a view as conjugate or negative, not yet computed. */
const isLazy = (metadata: PickleValue | undefined) => metadata instanceof Map && metadata.size > 0;

/** torch._utils._rebuild_tensor and _v2: storage, offset, size, stride, and marks of autograd. */
const rebuildTensor: Call = ([storage, offset, shape, strides, , , metadata]) => {
  if (!isKind(storage, 'storage') || storage.dtype === 'untyped') return undefined;
  if (isLazy(metadata)) return unreadable('a view that is not computed yet');
  if (storage.dtype === null) return unreadable(storageTypes.get(storage.type)?.called ?? storage.type);
  return tensorOf(storage, storage.dtype, offset, shape, strides);
};

/** torch._utils._rebuild_tensor_v3: the same over bytes, the dtype apart. */
const rebuildTensorV3: Call = ([storage, offset, shape, strides, , , dtype, metadata]) => {
  if (!isKind(storage, 'storage') || !isKind(dtype, 'global')) return undefined;
  if (isLazy(metadata)) return unreadable('a view that is not computed yet');
  const known = dtypes.get(dtype.name);
  return known
    ? tensorOf(storage, known, offset, shape, strides)
    : unreadable(dtype.name.slice(0, 100).replace(/^torch\./, ''));
};

const tensorBuilders: ReadonlyMap<string, Call> = new Map([
  ['torch._utils._rebuild_tensor', rebuildTensor],
  ['torch._utils._rebuild_tensor_v2', rebuildTensor],
  ['torch._utils._rebuild_tensor_v3', rebuildTensorV3],
]);

/** PyTorch's other builders: sparse, quantised, nested, of another device. */
function otherBuilder(name: string): Call | undefined {
  const type = /^torch\._(?:utils|tensor)\._rebuild_(\w{1,60})$/.exec(name)?.[1];
  return type === undefined ? undefined : () => unreadable(type.replace(/_?tensor.*$/, '') || type);
}

/** A tensor with attributes of its own: function, class, arguments, attributes. */
const rebuildFromType: Call = ([builder, , args], budget) => {
  if (!isKind(builder, 'global')) return undefined;
  const build = tensorBuilders.get(builder.name) ?? otherBuilder(builder.name);
  return build && Array.isArray(args) ? build(args, budget) : undefined;
};

/** Wrappers whose first argument is all that matters: parameters, sizes, typed lists of TorchScript. */
const firstArgument: Call = ([first]) => first;

/** A dict, also as Python 2 wrote an OrderedDict: a list of pairs; a defaultdict's factory goes before. */
const makeDict: Call = ([first, second], budget) => {
  const items = [first, second].find((arg) => arg instanceof Map || Array.isArray(arg));
  const dict = new Map<PickleValue, PickleValue>();
  if (items instanceof Map) {
    budget.spend(cost.mapItem * items.size);
    for (const [key, value] of items) dict.set(key, value);
  } else if (Array.isArray(items)) {
    // Paid for as often as it is walked: one list may be given again and again, and all its keys may be the same.
    budget.spend(cost.mapItem * items.length);
    for (const pair of items) {
      if (!Array.isArray(pair) || pair.length !== 2) return undefined;
      dict.set(pair[0], pair[1]);
    }
  }
  return dict;
};

const calls: ReadonlyMap<string, Call> = new Map([
  ...tensorBuilders,
  ['torch._tensor._rebuild_from_type_v2', rebuildFromType],
  ['torch._utils._rebuild_parameter', firstArgument],
  ['torch._utils._rebuild_parameter_with_state', firstArgument],
  ['torch.Size', firstArgument],
  ['torch.jit._pickle.build_intlist', firstArgument],
  ['torch.jit._pickle.build_doublelist', firstArgument],
  ['torch.jit._pickle.build_boollist', firstArgument],
  ['torch.jit._pickle.build_tensorlist', firstArgument],
  ['torch.jit._pickle.restore_type_tag', firstArgument],
  ['collections.OrderedDict', makeDict],
  ['collections.defaultdict', makeDict],
  ['collections.Counter', makeDict],
]);

/** What calling this global means; undefined where it is not on the list. */
export function allowedCall(name: string): Call | undefined {
  return calls.get(name) ?? otherBuilder(name);
}

/** Functions that make an object of the class in their first argument, without calling it: of old protocols. */
export const makesItsArgument: ReadonlySet<string> = new Set([
  'copyreg._reconstructor',
  'copy_reg._reconstructor',
  'copyreg.__newobj__',
  'copy_reg.__newobj__',
]);

/**
 * The storage that a persistent id names:
 * ('storage', class, key, device, elements[, (view's key, first element, elements)]); the device does not matter here.
 * Undefined where the id is anything else.
 */
export function storageOf(id: PickleValue): PickleStorage | undefined {
  if (!Array.isArray(id) || id[0] !== 'storage') return undefined;
  const [, global, key, , elements, view] = id;
  if (!isKind(global, 'global') || typeof key !== 'string' || !isSize(elements)) return undefined;
  const type = /^torch\.(?:cuda\.|storage\.)?(\w{1,60})$/.exec(global.name)?.[1];
  const firstElement = Array.isArray(view) ? view[1] : 0;
  if (type === undefined || !isSize(firstElement)) return undefined;
  const { dtype, bytes } = storageTypes.get(type) ?? { dtype: null, bytes: 0 };
  return { kind: 'storage', key, type, dtype, bytesPerElement: bytes, elements, firstElement };
}

function isSize(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function tensorOf(
  storage: PickleStorage,
  dtype: DType,
  offset: PickleValue | undefined,
  shape: PickleValue | undefined,
  strides: PickleValue | undefined,
): PickleTensor | undefined {
  if (offset === undefined || shape === undefined || strides === undefined) return undefined;
  return { kind: 'tensor', storage, dtype, offset, shape, strides };
}
