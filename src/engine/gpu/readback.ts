// Small results to the CPU while the GPU goes on.
import { UserError } from '../../errors.ts';

export interface Readback {
  /** Adds the copy to commands that are about to be submitted. */
  copy(encoder: GPUCommandEncoder, source: GPUBuffer): void;
  /** To be called when they are: resolves when the copy has arrived. */
  arrive(): Promise<ArrayBuffer>;
  dispose(): void;
}

/** Two buffers in turn: one may be on its way while the one before it is read. */
export function createReadback(device: GPUDevice, bytes: number): Readback {
  const ring = [0, 1].map(() =>
    device.createBuffer({ size: bytes, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ }),
  );
  let turn = 0;
  return {
    copy(encoder, source) {
      encoder.copyBufferToBuffer(source, 0, ring[turn], 0, bytes);
    },
    arrive() {
      const buffer = ring[turn];
      turn = 1 - turn;
      return buffer.mapAsync(GPUMapMode.READ).then(
        () => {
          const values = buffer.getMappedRange().slice(0);
          buffer.unmap();
          return values;
        },
        (cause: unknown) => {
          throw new UserError(
            'device',
            'The GPU was lost while it drew: open the model again, or use WASM.',
            {
              cause,
            },
          );
        },
      );
    },
    dispose() {
      for (const buffer of ring) buffer.destroy();
    },
  };
}
