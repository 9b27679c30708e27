// Reads the golden numbers: the whole of the safetensors format in a page.
import { readFileSync } from 'node:fs';

const arrays = {
  F64: Float64Array,
  F32: Float32Array,
  I64: BigInt64Array,
  I32: Int32Array,
  U16: Uint16Array,
  F16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

export interface GoldenTensor {
  dtype: keyof typeof arrays;
  shape: number[];
  /** Row-major values; F16 stays as its bits. */
  data: InstanceType<(typeof arrays)[keyof typeof arrays]>;
}

export interface Golden {
  metadata: Record<string, string>;
  names: string[];
  tensor(name: string): GoldenTensor;
  /** Values as numbers, widened to float64. */
  numbers(name: string): Float64Array;
}

/** Opens a file of test/golden. */
export function readGolden(path: string): Golden {
  const file = readFileSync(new URL(`../golden/${path}`, import.meta.url));
  const headerLength = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.subarray(8, 8 + headerLength).toString('utf8'));
  const { __metadata__: metadata = {}, ...entries } = header;
  const tensor = (name: string): GoldenTensor => {
    const entry = entries[name];
    if (!entry) throw new Error(`${path} has no tensor ${name}`);
    const [begin, end] = entry.data_offsets.map((offset: number) => offset + 8 + headerLength);
    const bytes = file.buffer.slice(file.byteOffset + begin, file.byteOffset + end);
    return { dtype: entry.dtype, shape: entry.shape, data: new arrays[entry.dtype as 'F32'](bytes) };
  };
  return {
    metadata,
    names: Object.keys(entries),
    tensor,
    numbers: (name) => Float64Array.from(tensor(name).data as Iterable<number | bigint>, Number),
  };
}
