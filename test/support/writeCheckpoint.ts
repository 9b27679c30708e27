// Writes a PyTorch checkpoint of any size, tensor after tensor: seeded stand-ins for files too large to keep.
import { open } from 'node:fs/promises';
import type { DType } from '../../src/convert/tensors.ts';
import { bytes, dict, pickle, storage, tensor } from './pickleWriter.ts';
import { zipWriter } from './zipWriter.ts';

export interface NamedTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Row-major values, little-endian. */
  readonly data: Uint8Array;
}

/**
 * Writes what `torch.save(state_dict)` writes; only one tensor is held in memory at a time.
 *
 * @param section key to put the state_dict under, such as Lightning's `state_dict`; the whole file where left out
 */
export async function writeCheckpoint(
  path: string,
  tensors: AsyncIterable<NamedTensor> | Iterable<NamedTensor>,
  section?: string,
): Promise<void> {
  const file = await open(path, 'w');
  try {
    const zip = zipWriter();
    const named: [string, Uint8Array][] = [];
    for await (const { name, dtype, shape, data } of tensors) {
      const key = String(named.length);
      const elements = shape.reduce((product, size) => product * size, 1);
      named.push([name, tensor(storage(dtype, key, elements), { shape })]);
      await file.writeFile(zip.entry({ name: `archive/data/${key}`, data }));
    }
    const stateDict = dict(named);
    const root = section === undefined ? stateDict : dict([[section, stateDict]]);
    await file.writeFile(zip.entry({ name: 'archive/data.pkl', data: pickle(root) }));
    await file.writeFile(zip.entry({ name: 'archive/byteorder', data: bytes('little') }));
    await file.writeFile(zip.entry({ name: 'archive/version', data: bytes('3\n') }));
    await file.writeFile(zip.end());
  } finally {
    await file.close();
  }
}
