import { expect, it } from 'vitest';
import { branches, createDenoiser } from '../../src/engine/denoiser.ts';
import type { Graph, Tensor } from '../../src/engine/session.ts';
import type { Condition, ImageTokens } from '../../src/types.ts';
import { microManifest } from '../support/page.ts';

/** Remembers the inputs of every run. */
function standInGraph(output: Float32Array) {
  const runs: Readonly<Record<string, Tensor>>[] = [];
  const graph: Graph = {
    outputShape: [],
    runInto: async () => {},
    run: async (inputs) => {
      runs.push(inputs);
      return output;
    },
    dispose: async () => {},
  };
  return { graph, runs };
}

it('hands on the modulation of a denoiser wider than the condition', async () => {
  // D = 4, width 6, one layer; two candidates, each also under the null condition.
  const conditioner = standInGraph(new Float32Array(4 * 1 * 2 * 6));
  const denoiser = standInGraph(new Float32Array(4 * 4 * 5));
  const manifest = { ...microManifest, emptyTextEmbedding: btoa('\0'.repeat(16)) };
  const { condition } = createDenoiser(conditioner.graph, denoiser.graph, manifest);

  const predict = await condition([new Float32Array(4), new Float32Array(4)] as Condition[], [null, null], 2);
  await predict(new Int32Array(8).fill(5) as ImageTokens, 99);

  expect(conditioner.runs[0].condition.dims).toEqual([4, 4]);
  expect(denoiser.runs[0].modulation.dims).toEqual([4, 1, 12]);
  expect(denoiser.runs[0].tokens.dims).toEqual([4, 4]);
});

it('leads each candidate away from what it avoids, or from the null condition, where there is guidance', () => {
  const row = (value: number) => new Float32Array(4).fill(value) as Condition;
  const nothing = btoa(String.fromCharCode(...new Uint8Array(row(9).buffer)));
  const manifest = { conditionSize: 4, emptyTextEmbedding: nothing };
  const rowsOf = (guided: boolean) =>
    [...branches([row(1), row(2)], [row(3), null], guided, manifest)].filter((_, i) => i % 4 === 0);
  expect(rowsOf(true)).toEqual([1, 2, 3, 9]);
  expect(rowsOf(false)).toEqual([1, 2]);
});
