// A Linear's product with its weights packed in 4 or 8 bits.
import type { Weight } from '../weights.ts';
import type { Builder, Value } from './builder.ts';
import { type Bits, blockSizes, packedMatrix } from './packedMatrix.ts';

/**
 * What MatMulNBits may round its inputs to: 8 bits by blocks. It does so where the device multiplies such numbers fastest
 * (WebGPU with packed integer products, native code); in WASM it computes in float32.
 */
const ACCURACY = 4;

/** x W^T, for W [out, in]. */
export function packedProduct(g: Builder, hint: string, x: Value, matrix: Weight, bits: Bits): Value {
  const [channelsOut, channelsIn] = matrix.shape as [number, number];
  const { codes, scales, zeros } = packedMatrix(matrix, bits);
  const operands = [
    x,
    g.constant(hint, 'uint8', codes),
    // The operator wants them in the type of x.
    g.cast(g.constant(`${hint}.scale`, 'float16', scales), 'float32'),
    zeros && g.constant(`${hint}.zero`, 'uint8', zeros),
  ];
  return g.fused('MatMulNBits', operands, {
    K: channelsIn,
    N: channelsOut,
    bits,
    block_size: blockSizes[bits],
    accuracy_level: ACCURACY,
  });
}
