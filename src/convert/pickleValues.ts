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
  | PickleTensor;

/** A class or function that is named. Naming is harmless: it stays a name. */
export interface PickleGlobal {
  readonly kind: 'global';
  /** Module and name with a dot between, `torch._utils._rebuild_tensor_v2`. */
  readonly name: string;
}

/** An object of a class without behaviour here: a TorchScript module, a NumPy scalar, a device. */
export interface PickleInstance {
  readonly kind: 'instance';
  readonly className: string;
  /** What BUILD gave: for a TorchScript module the dict of its attributes. */
  state: PickleValue;
}

/** A storage that lies elsewhere in the file. */
export interface PickleStorage {
  readonly kind: 'storage';
  readonly key: string;
  /** Type of its elements; `untyped` storages hold bytes. */
  readonly dtype: DType | 'untyped';
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

/** Is it an object with a `kind`, and of this one? */
export function isKind<Kind extends 'global' | 'instance' | 'storage' | 'tensor'>(
  value: PickleValue | undefined,
  kind: Kind,
): value is Extract<PickleValue, { readonly kind: Kind }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}

/** A value's type in words, for messages. */
export function typeInWords(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'None';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Map) return 'a dict';
  if (value instanceof Uint8Array) return 'bytes';
  if (typeof value === 'object') return `a ${value.kind}`;
  return `a ${typeof value === 'bigint' ? 'number' : typeof value}`;
}
