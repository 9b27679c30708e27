import { UserError } from '../errors.ts';
import type { GraphName } from '../pack/manifest.ts';
import type { Graph } from './session.ts';

/**
 * The graph, refused when it does not give what pack.json says: read past its end, an output would pass for noise.
 * @param rowSize numbers of the output for each row of the batch
 */
export function checkedGraph(graph: Graph, name: GraphName, rowSize: number): Graph {
  return {
    async run(inputs) {
      const output = await graph.run(inputs);
      const [{ dims }] = Object.values(inputs);
      const found = output.length / dims[0];
      if (found !== rowSize) {
        throw new UserError(
          'pack-corrupt',
          `The graph ${name} gives ${found} numbers where pack.json makes it ${rowSize}: they do not belong together, so convert the pack again.`,
        );
      }
      return output;
    },
    dispose: () => graph.dispose(),
  };
}
