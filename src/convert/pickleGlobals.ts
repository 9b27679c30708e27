// Everything a checkpoint may call, and what the call means here. Nothing is looked up outside these tables.
import { isKind, type PickleStorage, type PickleTensor, type PickleValue } from './pickleValues.ts';
import type { DType } from './tensors.ts';

/** What a call gives; undefined where the arguments are not those of the function. */
type Call = (args: readonly PickleValue[]) => PickleValue | undefined;

const storageTypes: ReadonlyMap<string, DType | 'untyped'> = new Map([
  ['DoubleStorage', 'float64'],
  ['FloatStorage', 'float32'],
  ['HalfStorage', 'float16'],
  ['BFloat16Storage', 'bfloat16'],
  ['LongStorage', 'int64'],
  ['IntStorage', 'int32'],
  ['ShortStorage', 'int16'],
  ['CharStorage', 'int8'],
  ['ByteStorage', 'uint8'],
  ['BoolStorage', 'bool'],
  ['UntypedStorage', 'untyped'],
  ['_UntypedStorage', 'untyped'],
]);

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

/** torch._utils._rebuild_tensor and _v2: storage, offset, size, stride, and marks of autograd. */
const rebuildTensor: Call = ([storage, offset, shape, strides, , , metadata]) => {
  // Metadata marks a view as conjugate or negative, not yet computed.
  if (metadata instanceof Map && metadata.size > 0) return undefined;
  if (!isKind(storage, 'storage') || storage.dtype === 'untyped') return undefined;
  return tensorOf(storage, storage.dtype, offset, shape, strides);
};

/** torch._utils._rebuild_tensor_v3: the same over bytes, the dtype apart. */
const rebuildTensorV3: Call = ([storage, offset, shape, strides, , , dtype, metadata]) => {
  if (metadata instanceof Map && metadata.size > 0) return undefined;
  const known = isKind(dtype, 'global') ? dtypes.get(dtype.name) : undefined;
  if (!isKind(storage, 'storage') || !known) return undefined;
  return tensorOf(storage, known, offset, shape, strides);
};

const tensorBuilders: ReadonlyMap<string, Call> = new Map([
  ['torch._utils._rebuild_tensor', rebuildTensor],
  ['torch._utils._rebuild_tensor_v2', rebuildTensor],
  ['torch._utils._rebuild_tensor_v3', rebuildTensorV3],
]);

/** A tensor with attributes of its own: function, class, arguments, attributes. */
const rebuildFromType: Call = ([builder, , args]) => {
  const build = isKind(builder, 'global') ? tensorBuilders.get(builder.name) : undefined;
  return build && Array.isArray(args) ? build(args) : undefined;
};

/** Wrappers whose first argument is all that matters: parameters, sizes, typed lists of TorchScript. */
const firstArgument: Call = ([first]) => first;

/** A dict, also as Python 2 wrote an OrderedDict: a list of pairs. */
const makeDict: Call = (args) => {
  const items = args.find((arg) => arg instanceof Map || Array.isArray(arg));
  if (items instanceof Map) return new Map(items);
  const dict = new Map<PickleValue, PickleValue>();
  for (const pair of items ?? []) {
    if (!Array.isArray(pair) || pair.length !== 2) return undefined;
    dict.set(pair[0], pair[1]);
  }
  return dict;
};

const inert =
  (className: string): Call =>
  () => ({ kind: 'instance', className, state: null });

const inertNames = [
  'torch.device',
  'numpy.dtype',
  'numpy.core.multiarray.scalar',
  'numpy.core.multiarray._reconstruct',
  'numpy._core.multiarray.scalar',
  'numpy._core.multiarray._reconstruct',
  // How protocol 2 spells bytes and sets.
  '_codecs.encode',
  ...['__builtin__', 'builtins'].flatMap((module) =>
    ['set', 'frozenset', 'bytes', 'bytearray', 'complex', 'slice', 'range', 'xrange'].map(
      (name) => `${module}.${name}`,
    ),
  ),
];

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
  ...inertNames.map((name): [string, Call] => [name, inert(name)]),
]);

/** What calling this global means; undefined where it is not on the list. */
export function allowedCall(name: string): Call | undefined {
  return calls.get(name);
}

/** May an empty object of this class be made? TorchScript's own classes hold attributes and nothing else. */
export function isAttributeHolder(name: string): boolean {
  return name.startsWith('__torch__.');
}

/**
 * The storage that a persistent id names:
 * ('storage', class, key, device, elements[, (view's key, first element, elements)]); the device does not matter here.
 * Undefined where the id is anything else.
 */
export function storageOf(id: PickleValue): PickleStorage | undefined {
  if (!Array.isArray(id) || id[0] !== 'storage') return undefined;
  const [, type, key, , elements, view] = id;
  if (!isKind(type, 'global') || typeof key !== 'string' || !isSize(elements)) return undefined;
  const name = /^torch\.(?:cuda\.|storage\.)?(\w+)$/.exec(type.name)?.[1];
  const dtype = name === undefined ? undefined : storageTypes.get(name);
  const firstElement = Array.isArray(view) ? view[1] : 0;
  if (!dtype || !isSize(firstElement)) return undefined;
  return { kind: 'storage', key, dtype, elements, firstElement };
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
