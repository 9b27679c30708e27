import { UserError } from '../../errors.ts';

/** Rejects when the device is lost. Nothing else may tell of it: what waits for a lost GPU can wait for ever. */
export function lossOf(device: GPUDevice): Promise<never> {
  const lost = device.lost.then((): never => {
    throw new UserError('device', 'The GPU was lost while it drew: open the model again, or use WASM.');
  });
  // Whoever never asks is not to be told.
  lost.catch(() => {});
  return lost;
}
