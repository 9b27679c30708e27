// What the checkpoint reader gives and the graph builders take.

export type DType =
  | 'float64'
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint8'
  | 'bool';

/** One tensor of a checkpoint. Nothing is read before it is asked for. */
export interface CheckpointTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Row-major values widened (float64: rounded) to float32. */
  float32(): Promise<Float32Array>;
  /** Row-major bytes in the tensor's own dtype, little-endian. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
}

/** state_dict keys, in the file's order. */
export type CheckpointTensors = ReadonlyMap<string, CheckpointTensor>;
