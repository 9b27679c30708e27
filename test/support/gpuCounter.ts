// Watches what goes through WebGPU's door: buffers made and destroyed, and bytes brought to the CPU.

export interface GpuCounter {
  /** Since the last call. */
  take(): { readonly created: number; readonly mappedBytes: number };
  /** Bytes of all buffers that were made and not destroyed since the counting began. */
  liveBytes(): number;
  stop(): void;
}

/** Wraps the prototypes, so that ONNX Runtime's calls count as well. */
export function countGpu(): GpuCounter {
  const { createBuffer } = GPUDevice.prototype;
  const { mapAsync, destroy } = GPUBuffer.prototype;
  const live = new Set<GPUBuffer>();
  let created = 0;
  let mappedBytes = 0;
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    created++;
    live.add(buffer);
    return buffer;
  };
  GPUBuffer.prototype.destroy = function () {
    live.delete(this);
    return destroy.call(this);
  };
  GPUBuffer.prototype.mapAsync = function (mode, offset, size) {
    if (mode === GPUMapMode.READ) mappedBytes += size ?? this.size - (offset ?? 0);
    return mapAsync.call(this, mode, offset, size);
  };
  return {
    take() {
      const taken = { created, mappedBytes };
      created = 0;
      mappedBytes = 0;
      return taken;
    },
    liveBytes: () => [...live].reduce((sum, { size }) => sum + size, 0),
    stop() {
      Object.assign(GPUDevice.prototype, { createBuffer });
      Object.assign(GPUBuffer.prototype, { mapAsync, destroy });
    },
  };
}
