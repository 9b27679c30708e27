// What a pickle can hold here. Lists, tuples and sets are arrays; dicts of any class are Maps; nothing has behaviour.
import type { DType } from './tensors.ts';

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleGlobal
  | PickleInstance
  | PickleStorage
  | PickleTensor
  | UnreadableTensor;

/** A class or function that is named. Naming is harmless: it stays a name. */
export interface PickleGlobal {
  readonly kind: 'global';
  /** Module and name with a dot between, `torch._utils._rebuild_tensor_v2`. */
  readonly name: string;
}

/**
 * What a class or function would have made, had it been called: a module, a path, a NumPy scalar, a configuration. It
 * holds what the file gives it, and does nothing.
 */
export interface PickleInstance {
  readonly kind: 'instance';
  readonly className: string;
  /** What BUILD gave: for a module the dict of its attributes. */
  state: PickleValue;
  /** Items of an object that is filled like a dict. */
  items: Map<PickleValue, PickleValue> | null;
}

/** A storage that lies elsewhere in the file. */
export interface PickleStorage {
  readonly kind: 'storage';
  readonly key: string;
  /** PyTorch's name, `FloatStorage`. */
  readonly type: string;
  /** Type of its elements; `untyped` storages hold bytes; null for those that we cannot read. */
  readonly dtype: DType | 'untyped' | null;
  /** 0 where even that is unknown. */
  readonly bytesPerElement: number;
  /** Elements of the whole storage named `key`. */
  readonly elements: number;
  /** Where this storage begins within the one named `key` (legacy files only), in elements. */
  readonly firstElement: number;
}

/** A tensor as the file describes it, not checked yet. */
export interface PickleTensor {
  readonly kind: 'tensor';
  readonly storage: PickleStorage;
  readonly dtype: DType;
  /** Elements before the first one, and per dimension size and step in elements. */
  readonly offset: PickleValue;
  readonly shape: PickleValue;
  readonly strides: PickleValue;
}

/** A tensor of a kind that no weight here has: sparse, quantised, complex, of eight bits. Harmless where nobody needs it. */
export interface UnreadableTensor {
  readonly kind: 'unreadable';
  /** `complex64`, `float8_e4m3fn`, `sparse` */
  readonly type: string;
}

type Kind = 'global' | 'instance' | 'storage' | 'tensor' | 'unreadable';

/** Is it an object with a `kind`, and of this one? */
export function isKind<K extends Kind>(
  value: PickleValue | undefined,
  kind: K,
): value is Extract<PickleValue, { readonly kind: K }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}

/** A value's type in words, for messages. */
export function typeInWords(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'None';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Map) return 'a dict';
  if (value instanceof Uint8Array) return 'bytes';
  if (isKind(value, 'unreadable')) return 'a tensor';
  if (isKind(value, 'instance') || isKind(value, 'global')) return 'an object';
  if (typeof value === 'object') return `a ${value.kind}`;
  return `a ${typeof value === 'bigint' ? 'number' : typeof value}`;
}
