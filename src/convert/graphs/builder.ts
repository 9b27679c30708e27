// Puts a graph together, call by call, so that a graph file reads like the maths it computes.
import type { WeightType } from '../../pack/manifest.ts';
import { float32ToFloat16 } from '../float16.ts';
import type { Attribute, ElementType, Graph, Initialiser, Node, Port } from '../onnx.ts';
import type { Weight } from '../weights.ts';
import { type Channels, quantised } from './quantise.ts';

declare const brand: unique symbol;
/** Name of an array inside the graph. */
export type Value = string & { readonly [brand]: 'Value' };

/** The batch axis, free in every graph. */
export const BATCH = 'N';

export type Builder = ReturnType<typeof startGraph>;

/** Begins a graph whose matrices are stored as `weightType`; everything is computed in float32. */
export function startGraph(name: string, weightType: WeightType) {
  const nodes: Node[] = [];
  const initialisers: Initialiser[] = [];
  const inputs: Port[] = [];
  const outputs: Port[] = [];
  let names = 0;
  const fresh = (hint: string) => `${hint}_${names++}` as Value;

  const constant = (
    hint: string,
    type: ElementType,
    shape: readonly number[],
    load: () => Promise<Uint8Array>,
  ) => {
    const value = fresh(hint);
    initialisers.push({ name: value, type, shape, load });
    return value;
  };

  const nodeIn = (
    domain: Node['domain'],
    op: string,
    nodeInputs: readonly (Value | null)[],
    attributes: Node['attributes'] = {},
    outputCount = 1,
  ): Value[] => {
    const values = Array.from({ length: outputCount }, () => fresh(op));
    nodes.push({ op, domain, inputs: operandNames(nodeInputs), outputs: values, attributes });
    return values;
  };
  const op = (
    kind: string,
    operands: readonly (Value | null)[],
    attributes: Record<string, Attribute> = {},
  ) => nodeIn('', kind, operands, attributes)[0];
  const fused = (kind: string, operands: readonly (Value | null)[], attributes: Record<string, Attribute>) =>
    nodeIn('com.microsoft', kind, operands, attributes)[0];

  /** int64 constant, for shapes and positions. [values] */
  const integers = (values: readonly number[]) =>
    constant('integers', 'int64', [values.length], async () =>
      bytesOf(BigInt64Array.from(values, (value) => BigInt(value))),
    );
  const floats = (values: readonly number[], shape: readonly number[] = [values.length]) =>
    constant('floats', 'float32', shape, async () => bytesOf(Float32Array.from(values)));
  const scalar = (value: number) => floats([value], []);

  /** A constant kept in float32 whatever the graph's weight type. */
  const exact = (hint: string, weight: Weight) =>
    constant(hint, 'float32', weight.shape, async () => bytesOf(await weight.load()));

  /** A table to look up or to add: in half precision wherever the graph is not in single. */
  const table = (hint: string, given: Weight) => {
    if (weightType === 'fp32') return exact(hint, given);
    const half = constant(hint, 'float16', given.shape, async () =>
      bytesOf(float32ToFloat16(await given.load())),
    );
    return cast(half, 'float32');
  };

  /**
   * A weight of the model, unfolded once, when the session is made. int8 graphs have one scale for every output
   * channel. Vectors (norms, biases) stay float32: they are 1 % of the bytes.
   */
  const weight = (hint: string, given: Weight, channels: Channels = 'last') => {
    if (given.shape.length < 2) return exact(hint, given);
    if (weightType !== 'int8') return table(hint, given);
    const { codes, scales } = quantised(given, channels);
    const coded = constant(hint, 'int8', codes.shape, codes.load);
    // Not DequantizeLinear: the runtime would keep the codes and unfold them at every run.
    return op('Mul', [cast(coded, 'float32'), exact(`${hint}.scale`, scales)]);
  };

  /** Places in a table, to gather from: stored in 16 bits where they fit. [values] int32 */
  const places = (hint: string, values: Int32Array) => {
    const small = Int16Array.from(values);
    if (!small.every((place, index) => place === values[index])) {
      return constant(hint, 'int32', [values.length], async () => bytesOf(values));
    }
    return cast(
      constant(hint, 'int16', [values.length], async () => bytesOf(small)),
      'int32',
    );
  };

  const cast = (x: Value, to: 'float32' | 'int32') => op('Cast', [x], { to: to === 'float32' ? 1 : 6 });

  return {
    input(port: string, type: ElementType, shape: readonly number[]): Value {
      inputs.push({ name: port, type, shape: [BATCH, ...shape] });
      return port as Value;
    },
    output(port: string, type: ElementType, shape: readonly number[], value: Value): void {
      outputs.push({ name: port, type, shape: [BATCH, ...shape] });
      nodes.push({ op: 'Identity', domain: '', inputs: [value], outputs: [port], attributes: {} });
    },
    finish: (): Graph => ({ name, nodes, initialisers, inputs, outputs }),
    weightType,
    weight,
    table,
    exact,
    constant,
    integers,
    places,
    scalar,
    op,
    fused,
    cast,
    add: (a: Value, b: Value) => op('Add', [a, b]),
    subtract: (a: Value, b: Value) => op('Sub', [a, b]),
    multiply: (a: Value, b: Value) => op('Mul', [a, b]),
    divide: (a: Value, b: Value) => op('Div', [a, b]),
    matmul: (a: Value, b: Value) => op('MatMul', [a, b]),
    sigmoid: (x: Value) => op('Sigmoid', [x]),
    /** `axis` of `table` is replaced by the shape of `indices`. */
    gather: (table: Value, indices: Value, axis = 0) => op('Gather', [table, indices], { axis }),
    /** 0 keeps a dimension, -1 takes what is left. */
    reshape: (x: Value, shape: readonly number[]) => op('Reshape', [x, integers(shape)]),
    transpose: (x: Value, order: readonly number[]) => op('Transpose', [x], { perm: order }),
    /** Entries begin..end-1 of one axis. */
    slice: (x: Value, axis: number, begin: number, end: number) =>
      op('Slice', [x, integers([begin]), integers([end]), integers([axis])]),
    /** Thirds, halves ... of the last axis. */
    split: (x: Value, parts: number) => nodeIn('', 'Split', [x], { axis: -1 }, parts),
    softmax: (x: Value) => op('Softmax', [x], { axis: -1 }),
    /** Over the last axis; mean 0 and variance 1, then scale and, if given, shift. */
    layerNorm: (x: Value, scale: Value, shift: Value | null, epsilon: number) =>
      op('LayerNormalization', [x, scale, shift], { axis: -1, epsilon: { float: epsilon } }),
    /** Pads in the order top, left, bottom, right. */
    conv: (x: Value, kernel: Value, bias: Value, pads: readonly number[], stride = 1) =>
      op('Conv', [x, kernel, bias], { pads, strides: [stride, stride] }),
  };
}

/** Optional inputs left out in the middle are empty names; at the end ONNX Runtime wants them gone. */
function operandNames(operands: readonly (Value | null)[]): string[] {
  const count = operands.findLastIndex((operand) => operand !== null) + 1;
  return operands.slice(0, count).map((operand) => operand ?? '');
}

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
