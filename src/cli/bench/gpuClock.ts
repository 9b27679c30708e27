// The GPU's own clock: how long it was busy with what was put into its queue, without the way there and back.

export interface GpuClock {
  /** Runs some work and waits until the GPU is done with it. @returns milliseconds on the GPU */
  time(work: () => unknown): Promise<number>;
  dispose(): void;
}

/** @returns null for devices that were opened without timestamps */
export function createGpuClock(device: GPUDevice): GpuClock | null {
  if (!device.features.has('timestamp-query')) return null;
  const querySet = device.createQuerySet({ type: 'timestamp', count: 2 });
  const bytes = 2 * BigUint64Array.BYTES_PER_ELEMENT;
  const resolved = device.createBuffer({
    size: bytes,
    usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
  });
  const readable = device.createBuffer({
    size: bytes,
    usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
  });
  /** An empty pass, whose end is noted. */
  const stamp = (encoder: GPUCommandEncoder, index: number) =>
    encoder.beginComputePass({ timestampWrites: { querySet, endOfPassWriteIndex: index } }).end();
  return {
    async time(work) {
      const before = device.createCommandEncoder();
      stamp(before, 0);
      device.queue.submit([before.finish()]);
      await work();
      const after = device.createCommandEncoder();
      stamp(after, 1);
      after.resolveQuerySet(querySet, 0, 2, resolved, 0);
      after.copyBufferToBuffer(resolved, 0, readable, 0, bytes);
      device.queue.submit([after.finish()]);
      await readable.mapAsync(GPUMapMode.READ);
      const [begin, end] = new BigUint64Array(readable.getMappedRange());
      readable.unmap();
      return Number(end - begin) / 1e6;
    },
    dispose() {
      querySet.destroy();
      resolved.destroy();
      readable.destroy();
    },
  };
}
