// A table with each of its rows once. CLIP's token table has 49,408: a small CLIP trains a few hundred of them, and the
// others all stay as they began.
import type { Weight } from '../weights.ts';

export interface DistinctRows {
  /** In the order of their first appearance. [distinct, columns] */
  readonly rows: Weight;
  /** Which of `rows` each row of the table is. [rows] */
  readonly places: Int32Array;
}

/** Rows are the same when all their bits are. [rows, columns] */
export async function distinctRows(table: Weight): Promise<DistinctRows> {
  const [count, columns] = table.shape as [number, number];
  const bits = bitsOf(await table.load());
  const places = new Int32Array(count);
  /** Row of the table where each distinct row stands first. */
  const firsts: number[] = [];
  /** Distinct rows by hash. */
  const seen = new Map<number, number[]>();
  for (let row = 0; row < count; row++) {
    const begin = row * columns;
    const hash = hashOf(bits, begin, begin + columns);
    const alike = seen.get(hash) ?? [];
    if (alike.length === 0) seen.set(hash, alike);
    let place = alike.find((other) => sameRow(bits, firsts[other] * columns, begin, columns));
    if (place === undefined) {
      place = firsts.push(row) - 1;
      alike.push(place);
    }
    places[row] = place;
  }
  const rows: Weight = {
    shape: [firsts.length, columns],
    load: async () => {
      const values = await table.load();
      const kept = new Float32Array(firsts.length * columns);
      for (const [place, row] of firsts.entries()) {
        kept.set(values.subarray(row * columns, (row + 1) * columns), place * columns);
      }
      return kept;
    },
  };
  return { rows, places };
}

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/** FNV-1a over whole words. */
function hashOf(bits: Uint32Array, begin: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = begin; i < end; i++) hash = Math.imul(hash ^ bits[i], 0x01000193);
  return hash;
}

function sameRow(bits: Uint32Array, a: number, b: number, columns: number): boolean {
  for (let i = 0; i < columns; i++) if (bits[a + i] !== bits[b + i]) return false;
  return true;
}
