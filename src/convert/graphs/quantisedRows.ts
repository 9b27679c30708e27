// A table whose rows are looked up one at a time, in a quarter of its bytes: int8 codes and one scale a row.
import type { Weight } from '../weights.ts';

export interface QuantisedRows {
  /** round(value / scale), -127..127. [rows, columns] */
  readonly rows: { readonly shape: readonly number[]; load(): Promise<Uint8Array> };
  /** max |value| / 127 of each row. [rows, 1] */
  readonly scales: Weight;
}

/** value ~ row * scale, to within half a scale. */
export function quantisedRows(table: Weight): QuantisedRows {
  const [count, columns] = table.shape as [number, number];
  const rowScale = (row: Float32Array) => {
    let largest = 0;
    for (const value of row) largest = Math.max(largest, Math.abs(value));
    // A row of zeros needs any scale but zero.
    return largest === 0 ? 1 : Math.fround(largest / 127);
  };
  return {
    rows: {
      shape: table.shape,
      load: async () => {
        const values = await table.load();
        const codes = new Int8Array(values.length);
        for (let row = 0; row < count; row++) {
          const scale = rowScale(values.subarray(row * columns, (row + 1) * columns));
          for (let i = row * columns; i < (row + 1) * columns; i++) codes[i] = Math.round(values[i] / scale);
        }
        return new Uint8Array(codes.buffer);
      },
    },
    scales: {
      shape: [count, 1],
      load: async () => {
        const values = await table.load();
        return Float32Array.from({ length: count }, (_, row) =>
          rowScale(values.subarray(row * columns, (row + 1) * columns)),
        );
      },
    },
  };
}
