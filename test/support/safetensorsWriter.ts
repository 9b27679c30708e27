// Writes safetensors files, whole in memory.
import { bytes, le } from './pickleWriter.ts';

export interface WrittenTensor {
  /** As the format names it: F32, F16 ... */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

export function makeSafetensors(tensors: Readonly<Record<string, WrittenTensor>>): Uint8Array<ArrayBuffer> {
  let at = 0;
  const entries = Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
    const begin = at;
    at += data.length;
    return [name, { dtype, shape, data_offsets: [begin, at] }];
  });
  const header = JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) });
  return withHeader(header, ...Object.values(tensors).map(({ data }) => data));
}

/** Any text as the header, for files that are wrong. */
export function withHeader(header: string, ...data: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return bytes(le(bytes(header).length, 8), header, ...data);
}
