import { UserError } from '../errors.ts';
import type { GraphName } from '../pack/manifest.ts';
import type { Graph } from './session.ts';

/**
 * Refuses a graph that does not give what pack.json says: read past its end, an output would pass for noise.
 * @param rowSize numbers of the output for each row of the batch
 * @throws {UserError} `pack-corrupt`
 */
export function checkOutput({ outputShape }: Graph, name: GraphName, rowSize: number): void {
  const found = outputShape.reduce((product, size) => product * size, 1);
  if (found === rowSize) return;
  throw new UserError(
    'pack-corrupt',
    `The graph ${name} gives ${found} numbers where pack.json makes it ${rowSize}: they do not belong together, so convert the pack again.`,
  );
}
