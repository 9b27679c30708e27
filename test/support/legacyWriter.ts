// Writes checkpoints in the form of PyTorch before 1.6.
import { bytes, concatenate, dict, int, le, list, pickle, str } from './pickleWriter.ts';

export interface LegacyStorage {
  readonly elements: number;
  readonly data: Uint8Array;
}

/** `root` is the pickled contents, without PROTO and STOP; the storages follow in the order given. */
export function makeLegacy(
  root: Uint8Array,
  storages: Readonly<Record<string, LegacyStorage>> = {},
): Uint8Array<ArrayBuffer> {
  const magic = bytes(0x8a, 10, le(0xa86a20f9469cfc6cn, 8), le(0x1950, 2));
  const system = dict([['protocol_version', int(1001)]]);
  const keys = list(...Object.keys(storages).map(str));
  const contents = Object.values(storages).flatMap(({ elements, data }) => [le(elements, 8), data]);
  return concatenate([...[magic, int(1001), system, root, keys].map((value) => pickle(value)), ...contents]);
}
