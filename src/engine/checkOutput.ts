import { UserError } from '../errors.ts';
import type { GraphName } from '../pack/manifest.ts';
import type { Graph } from './session.ts';

/**
 * Refuses a graph that does not give what pack.json says: read past its end, an output would pass for noise.
 * @param shape of the output for each row of the batch
 * @throws {UserError} `pack-corrupt`
 */
export function checkOutput({ outputShape }: Graph, name: GraphName, shape: readonly number[]): void {
  if (String(outputShape) === String(shape)) return;
  const found = numbers(outputShape);
  const expected = numbers(shape);
  throw new UserError(
    'pack-corrupt',
    `The graph ${name} gives ${found === expected ? `[${outputShape}]` : `${found} numbers`} where pack.json makes it ${found === expected ? `[${shape}]` : expected}: they do not belong together, so convert the pack again.`,
  );
}

const numbers = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
