// ONNX files by the thousand; see test/support/fuzz.ts for more of them.
import { expect, test } from 'vitest';
import { checkContracts } from '../../src/engine/contract.ts';
import { inHalfPrecision } from '../../src/engine/halfPrecision.ts';
import type { PackManifest } from '../../src/pack/manifest.ts';
import { fieldsOf, integerField, joined, messageField, textField } from '../../src/protobuf.ts';
import { type Dice, fuzz } from '../support/fuzz.ts';

const manifest = {
  image: { width: 8, height: 8 },
  grid: { rows: 2, columns: 2 },
  codebookSize: 4,
  timesteps: 5,
  layers: 1,
  conditionSize: 3,
  clip: { contextLength: 7, vocabularySize: 9, imageSize: 8 },
} as PackManifest;

/** Field numbers that ONNX gives a meaning, and some that it does not. */
const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 20, 500];
const words = ['tokens', 'timestep', 'modulation', 'Cast', 'Gather', 'Mul', '', 'x', 'y', 'z'];

/** A message with fields of all kinds, whole or with a length or a number that cannot be. */
function message(d: Dice, depth: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let fields = d.size(depth > 2 ? 40 : 6); fields > 0; fields--) {
    const number = d.pick(numbers);
    switch (d.below(depth > 0 ? 6 : 4)) {
      case 0:
        parts.push(...integerField(number, d.pick([0, 1, 2, 10, 5, -1, 2 ** 40])));
        break;
      case 1:
      case 2:
        parts.push(...textField(number, d.pick(words)));
        break;
      case 3:
        parts.push(d.below(4) ? Uint8Array.of() : odd(d, number));
        break;
      default:
        parts.push(...messageField(number, [message(d, depth - 1)]));
    }
  }
  return joined(parts);
}

/** Bytes that no writer writes. */
function odd(d: Dice, number: number): Uint8Array {
  const endless = new Uint8Array(d.size(100_000)).fill(0xff);
  switch (d.below(6)) {
    case 0:
      return Uint8Array.of((number << 3) | 2, 0xf5, ...new Uint8Array(8).fill(0xff), 1);
    case 1:
      return endless;
    case 2:
      return joined([Uint8Array.of((number << 3) | 2), endless, Uint8Array.of(1)]);
    case 3:
      return Uint8Array.of((number << 3) | d.below(8), d.below(256));
    case 4:
      return Uint8Array.of((number << 3) | 2, 0xff, 0xff, 0xff, 0xff, 0x0f);
    default:
      // So many empty fields.
      return new Uint8Array(2 * d.size(150_000)).map((_, i) => (i % 2 ? 0 : 0x0a));
  }
}

/** A denoiser's shell: the ports it must have, around anything. */
function model(d: Dice): Uint8Array {
  const port = (number: number, name: string, sizes: readonly number[]) => {
    const dimensions = [1, ...sizes].flatMap((size) => messageField(1, integerField(1, size)));
    const type = messageField(1, [...integerField(1, 1), ...messageField(2, dimensions)]);
    return messageField(number, [...textField(1, name), ...messageField(2, type)]);
  };
  const anything = () => message(d, 4);
  const bytes = joined(
    messageField(7, [
      anything(),
      ...port(11, 'tokens', [4]),
      ...port(11, 'timestep', []),
      ...port(11, 'modulation', [1, 6]),
      ...port(12, 'logits', [4, 4]),
      anything(),
    ]),
  );
  const changed = bytes.slice(0, d.below(6) ? bytes.length : d.below(bytes.length));
  for (let times = d.below(3); times > 0 && changed.length; times--)
    changed[d.below(changed.length)] = d.below(256);
  return changed;
}

/** Undefined where it is no protobuf. */
function orNothing<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError && error.message.startsWith('protobuf: '))) throw error;
    return undefined;
  }
}

test('a message is refused, or its fields are all of its bytes, in their order', async () => {
  await fuzz((dice) => {
    const bytes = message(dice, 3);
    const fields = orNothing(() => fieldsOf(bytes));
    if (fields) expect(joined(fields.map((field) => field.bytes))).toEqual(bytes);
  });
});

test('a graph is refused in a sentence, or can be told from others', async () => {
  const { taken } = await fuzz((dice) => {
    const bytes = model(dice);
    orNothing(() => inHalfPrecision(bytes));
    checkContracts(new Map([['denoiser', bytes]]), manifest);
  });
  expect(taken).toBeGreaterThan(50);
});
