// A token table with equal rows is stored without them, and the embeddings stay what they are.
import { expect, test } from 'vitest';
import { distinctRows } from '../../src/convert/graphs/distinctRows.ts';
import { textEncoder } from '../../src/convert/graphs/textEncoder.ts';
import { clipShape } from '../../src/convert/models/clip.ts';
import { weightFinder } from '../../src/convert/weights.ts';
import { changed, goldenTensors, tensorOf } from '../support/checkpoints.ts';
import { maxDifference, openGraph } from '../support/onnx.ts';
import { readGolden } from '../support/safetensors.ts';

const KEY = 'token_embedding.weight';

test('equal rows are one, in the order of their first appearance', async () => {
  const values = Float32Array.of(1, 2, 0, 0, 1, 2, 3, 4, 0, 0, -0, 0);
  const { rows, places } = await distinctRows({ shape: [6, 2], load: async () => values });
  expect(Array.from(places)).toEqual([0, 1, 0, 2, 1, 3]);
  expect(rows.shape).toEqual([4, 2]);
  expect(Array.from(await rows.load())).toEqual([1, 2, 0, 0, 3, 4, -0, 0]);
});

test('a text encoder with mostly unknown words is smaller, and encodes the known ones as before', async () => {
  const golden = readGolden('clip/small_2head.safetensors');
  const ids = Int32Array.from(golden.numbers('token_ids'));
  const original = await goldenTensors('clip_small_2head.pt');
  const [count, width] = original.get(KEY)!.shape;
  const values = (await original.get(KEY)!.float32()).slice();
  const known = new Set(ids);
  const unknown = Array.from({ length: count }, (_, id) => id).filter((id) => !known.has(id));
  expect(unknown.length).toBeGreaterThan(300);
  for (const id of unknown) values.fill(0.25, id * width, (id + 1) * width);
  const tensors = changed(original, { [KEY]: tensorOf([count, width], values) });

  const graph = await textEncoder(weightFinder(tensors), clipShape(tensors), 'fp32');
  const stored = (name: string) => graph.initialisers.find((each) => each.name.startsWith(`${name}_`))!;
  expect(stored('token_embedding').shape).toEqual([known.size + 1, width]);
  expect(stored('token_places')).toMatchObject({ type: 'int32', shape: [count] });
  const run = await openGraph(graph);
  const { embedding } = await run({ ids: { data: ids, shape: [7, 77] } });
  expect(maxDifference(embedding.data, golden.numbers('text_embed_normalised'))).toBeLessThan(8e-7);

  // A table without equal rows has no use for places.
  const whole = await textEncoder(weightFinder(original), clipShape(original), 'fp32');
  expect(whole.initialisers.some(({ name }) => name.startsWith('token_places'))).toBe(false);
});
