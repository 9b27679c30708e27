// What a GPU could do wrongly without an error, small, at one place in a denoiser: done on purpose to what an operator gives.
import { openNativeRuntime } from '../../src/cli/nodeRuntime.ts';
import { operatorsOf } from '../../src/engine/graphPieces.ts';
import type { Runtime } from '../../src/engine/session.ts';
import type { Logits } from '../../src/types.ts';
import { mulberry32 } from '../support/mulberry32.ts';

/** What an operator gave: [branches, ..., columns], and what the one of its kind before gave. */
interface Given {
  readonly data: Float32Array;
  readonly dims: readonly number[];
  readonly before: Float32Array | null;
}

export interface Fault {
  readonly name: string;
  /** Whose result is wrong, and which of them: the one in the middle, the last, or all. */
  readonly operator: string;
  readonly which: 'middle' | 'last' | 'each';
  readonly change: (given: Given) => void;
}

const last = ({ dims }: Given) => dims[dims.length - 1];
const spread = (data: Float32Array) =>
  Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);
const scaled =
  (factor: number) =>
  ({ data }: Given) =>
    data.set(data.map((value) => factor * value));
const noisy =
  (share: number) =>
  ({ data }: Given) => {
    const draw = mulberry32(7);
    const most = share * spread(data);
    data.set(data.map((value) => value + most * Math.sqrt(3) * (2 * draw() - 1)));
  };

/** From the coarse to the fine. A layer's are of one in the middle. */
export const faults: readonly Fault[] = [
  {
    name: 'a stale buffer: a layer’s product is that of the one before',
    ...{ operator: 'MatMul', which: 'middle' },
    change: ({ data, before }) => before && data.set(before.subarray(0, data.length)),
  },
  {
    name: 'the second branch of an attention is the first’s',
    ...{ operator: 'Softmax', which: 'middle' },
    change: ({ data }) => data.copyWithin(data.length / 2, 0, data.length / 2),
  },
  {
    name: 'an attention’s first two heads are swapped',
    ...{ operator: 'Softmax', which: 'middle' },
    change: ({ data, dims }) => {
      const head = dims.slice(-2).reduce((product, size) => product * size, 1);
      const first = data.slice(0, head);
      data.copyWithin(0, head, 2 * head);
      data.set(first, head);
    },
  },
  {
    name: 'the last four columns of a layer’s product are zero (an edge of a tile)',
    ...{ operator: 'MatMul', which: 'middle' },
    change: (given) => {
      const columns = last(given);
      for (let i = 0; i < given.data.length; i++) if (i % columns >= columns - 4) given.data[i] = 0;
    },
  },
  {
    name: 'one row of a layer’s norm is zero',
    ...{ operator: 'LayerNormalization', which: 'middle' },
    change: (given) => given.data.fill(0, 0, last(given)),
  },
  {
    name: 'two rows of a layer’s norm are swapped',
    ...{ operator: 'LayerNormalization', which: 'middle' },
    change: (given) => {
      const columns = last(given);
      const first = given.data.slice(0, columns);
      given.data.copyWithin(0, columns, 2 * columns);
      given.data.set(first, columns);
    },
  },
  {
    name: 'one element of a layer’s norm is ten times its spread',
    ...{ operator: 'LayerNormalization', which: 'middle' },
    change: ({ data }) => data.fill(10 * spread(data), 70, 71),
  },
  {
    name: 'one element of a layer’s norm is zero',
    ...{ operator: 'LayerNormalization', which: 'middle' },
    change: ({ data }) => data.fill(0, 70, 71),
  },
  { name: 'a layer’s product times 1.01', operator: 'MatMul', which: 'middle', change: scaled(1.01) },
  { name: 'each product times 1.001', operator: 'MatMul', which: 'each', change: scaled(1.001) },
  { name: 'a layer’s attention sums to 1.02', operator: 'Softmax', which: 'middle', change: scaled(1.02) },
  {
    name: 'a layer’s activation is a hundredth of its spread beside',
    ...{ operator: 'QuickGelu', which: 'middle' },
    change: ({ data }) => {
      const off = 0.01 * spread(data);
      data.set(data.map((value) => value + off));
    },
  },
  {
    name: 'each norm divides by n - 1',
    ...{ operator: 'LayerNormalization', which: 'each' },
    change: (given) => scaled(Math.sqrt(1 - 1 / last(given)))(given),
  },
  {
    name: 'each product is 0.3 % of its spread beside, at random (as of sums kept in half)',
    ...{ operator: 'MatMul', which: 'each' },
    change: noisy(0.003),
  },
  {
    name: 'each product is 0.03 % of its spread beside, at random (as of factors rounded to half)',
    ...{ operator: 'MatMul', which: 'each' },
    change: noisy(0.0003),
  },
  {
    name: 'each exponential is 1e-5 beside, at random (what WGSL allows)',
    ...{ operator: 'Softmax', which: 'each' },
    change: noisy(1e-5),
  },
  {
    name: 'one code’s logits are a tenth of the spread beside',
    operator: 'logits',
    which: 'last',
    change: oneCode,
  },
  {
    name: 'one logit is no number',
    ...{ operator: 'logits', which: 'last' },
    change: ({ data }) => data.fill(Number.NaN, 5, 6),
  },
];

function oneCode(given: Given): void {
  const off = 0.1 * spread(given.data);
  for (let i = 3; i < given.data.length; i += last(given)) given.data[i] += off;
}

/** How often each kind of operator has run. */
export type Runs = Map<string, number>;

/**
 * Native ONNX Runtime for graphs of one operator, with a fault among what they give.
 * @param all of a run without a fault, by which the middle is told
 */
export async function faultyRuntime(
  fault: Fault | null,
  all: Runs,
): Promise<{ runtime: Runtime; runs: Runs; logits: () => Logits }> {
  const native = await openNativeRuntime(1);
  const runs: Runs = new Map();
  let logits = new Float32Array() as Logits;
  const before = new Map<string, Float32Array>();
  const isMeant = (kind: string, place: number) => {
    if (fault?.operator !== kind) return false;
    const total = all.get(kind) ?? 0;
    return fault.which === 'each' || place === (fault.which === 'last' ? total - 1 : total >> 1);
  };
  const { InferenceSession } = native.ort;
  const create = async (...given: Parameters<typeof InferenceSession.create>) => {
    const session = await InferenceSession.create(...given);
    const operators = operatorsOf(given[0] as unknown as Uint8Array);
    const run = session.run.bind(session);
    session.run = (async (...asked: Parameters<typeof session.run>) => {
      const results = await run(...asked);
      const [[name, tensor]] = Object.entries(results);
      if (tensor.type !== 'float32') return results;
      const data = tensor.data as Float32Array;
      for (const kind of [...operators, name]) {
        const place = runs.get(kind) ?? 0;
        runs.set(kind, place + 1);
        const key = `${kind} ${data.length}`;
        const right = data.slice();
        if (isMeant(kind, place)) fault!.change({ data, dims: tensor.dims, before: before.get(key) ?? null });
        before.set(key, right);
      }
      if (name === 'logits') logits = data as Logits;
      return results;
    }) as typeof session.run;
    return session;
  };
  const ort = { ...native.ort, InferenceSession: { create } } as unknown as Runtime['ort'];
  return { runtime: { ort, provider: 'wasm' }, runs, logits: () => logits };
}
