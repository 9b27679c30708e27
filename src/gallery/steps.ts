// The tokens of every step, small: only what changed. Most positions change once, from MASK to their code, so 25 steps of
// 256 tokens take about 1 kB, where plain 16-bit tokens would take 12,800 bytes.

/** Larger than any run of this family; bounds what a damaged record can ask for. */
const MAX_POSITIONS = 4096;
const MAX_ALL_TOKENS = 1 << 22;
/** The largest token is K, of at most 2^20 codes. */
const MAX_TOKEN = 1 << 20;

export interface StepTokens {
  /** K: the token of a position that is not set yet. */
  readonly mask: number;
  /** The tokens after each step. [steps][positions] */
  readonly rows: readonly Int32Array[];
}

/**
 * Numbers of 7 bits a byte, low ones first (LEB128): positions, steps, mask; then for each step how many positions changed
 * from the row before (at first: all MASK), and for each its distance from the last changed one and its token.
 */
export function encodeSteps({ mask, rows }: StepTokens): Uint8Array<ArrayBuffer> {
  const positions = rows[0]?.length ?? 0;
  const bytes: number[] = [];
  const write = (value: number) => {
    for (let rest = value; ; rest >>>= 7) {
      bytes.push(rest < 128 ? rest : (rest & 127) | 128);
      if (rest < 128) return;
    }
  };
  write(positions);
  write(rows.length);
  write(mask);
  let before = new Int32Array(positions).fill(mask);
  for (const row of rows) {
    const changed: number[] = [];
    row.forEach((token, i) => {
      if (token !== before[i]) changed.push(i);
    });
    write(changed.length);
    let last = -1;
    for (const i of changed) {
      write(i - last);
      write(row[i]);
      last = i;
    }
    before = Int32Array.from(row);
  }
  return Uint8Array.from(bytes);
}

/** The inverse of encodeSteps; null when it is none of its results. */
export function decodeSteps(bytes: Uint8Array): StepTokens | null {
  let at = 0;
  let sound = true;
  const read = (most: number) => {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[at++] ?? 128;
      value |= (byte & 127) << shift;
      if (byte < 128) {
        sound &&= value <= most;
        return sound ? value : 0;
      }
    }
    sound = false;
    return 0;
  };
  const positions = read(MAX_POSITIONS);
  const steps = read(positions ? Math.floor(MAX_ALL_TOKENS / positions) : 0);
  const mask = read(MAX_TOKEN);
  const rows: Int32Array[] = [];
  let before = new Int32Array(positions).fill(mask);
  for (let step = 0; step < steps && sound; step++) {
    const row = before.slice();
    const changes = read(positions);
    let i = -1;
    for (let change = 0; change < changes && sound; change++) {
      const distance = read(positions);
      const token = read(MAX_TOKEN);
      i += distance;
      sound &&= distance > 0 && i < positions && token !== before[i];
      if (sound) row[i] = token;
    }
    rows.push(row);
    before = row;
  }
  return sound && at === bytes.length ? { mask, rows } : null;
}
