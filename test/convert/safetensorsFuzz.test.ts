// safetensors by the thousand; see test/support/fuzz.ts for more of them.
import { expect, test } from 'vitest';
import { openSafetensors } from '../../src/convert/safetensors.ts';
import { bytesSource } from '../../src/convert/source.ts';
import { type Dice, fuzz, mutated, oddText } from '../support/fuzz.ts';
import { withHeader } from '../support/safetensorsWriter.ts';

/** A file of a few tensors, whole or with something wrong at the places where the format can be wrong. */
function file(d: Dice): { bytes: Uint8Array; length: number } {
  let end = 0;
  const entries: [string, unknown][] = [];
  for (let i = 1 + d.size(300); i > 0; i--) {
    const shape = Array.from({ length: d.below(4) }, () => d.below(4));
    const begin = end + d.pick([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, -1, -4]) * d.below(2);
    const dtype = d.below(60) ? 'F32' : 'F8_E4M3';
    end = begin + (dtype === 'F32' ? 4 : 1) * shape.reduce((product, size) => product * size, 1);
    const name = d.below(40) ? `t${i}` : oddText(d, 1000);
    entries.push([name, { dtype, shape, data_offsets: [begin, end] }]);
  }
  if (d.below(3) === 0) entries.reverse();
  if (d.below(10) === 0) entries.push(d.pick(entries));
  const tree = d.below(3) ? Object.fromEntries(entries) : mutated(Object.fromEntries(entries), d, 1000);
  const text = d.below(8)
    ? (JSON.stringify(tree) ?? 'null')
    : `${d.pick(['', ' ', '\n', '\ufeff'])}{${entries.map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`)}}${d.pick(['', '  ', '\0', '}'])}`;
  const length = Math.max(0, end + (d.below(8) ? 0 : d.below(9) - 4));
  const bytes = withHeader(text, new Uint8Array(length));
  if (d.below(8) === 0) bytes[d.below(8)] = d.below(256);
  if (d.below(8) === 0) bytes[8 + d.below(bytes.length - 8)] = d.below(256);
  return { bytes, length };
}

test('a safetensors file is refused in a sentence, or its tensors are all of its bytes, each once', async () => {
  const { taken } = await fuzz(async (dice) => {
    const { bytes } = file(dice);
    const unread = new Map<string, string>();
    const tensors = await openSafetensors(bytesSource(bytes), unread);
    const header = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    let total = 0;
    for (const tensor of tensors.values()) total += (await tensor.bytes()).length;
    if (unread.size === 0) expect(total).toBe(bytes.length - 8 - header);
    else expect(total).toBeLessThanOrEqual(bytes.length - 8 - header);
  });
  expect(taken).toBeGreaterThan(50);
});
