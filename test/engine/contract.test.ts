// What the files of a pack say of themselves is held against its pack.json, without a runtime.
import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { checkContracts } from '../../src/engine/contract.ts';
import { type PackManifest, parseManifest } from '../../src/pack/manifest.ts';
import { fieldsOf, joined, messageField } from '../../src/protobuf.ts';
import { convertMicroPack } from '../support/microPack.ts';
import { checkedRefusal } from '../support/refusal.ts';

type Models = Parameters<typeof checkContracts>[0];
const names = ['text_encoder', 'conditioner', 'denoiser', 'decoder', 'image_encoder'] as const;

const packs: { manifest: PackManifest; models: Models }[] = [];
let manifest: PackManifest;
let models: Models;
beforeAll(async () => {
  for (const weightType of ['fp32', 'q4'] as const) {
    const pack = await convertMicroPack(weightType);
    const parsed = parseManifest(JSON.parse(new TextDecoder().decode(pack.get('pack.json'))));
    const file = (name: (typeof names)[number]) => Object.values(parsed.graphs[name])[0].file;
    packs.push({ manifest: parsed, models: new Map(names.map((name) => [name, pack.get(file(name))!])) });
  }
  [{ manifest, models }] = packs;
});

/** The sentence for graphs that do not fit. */
function refusal(graphs: Models, change: Partial<PackManifest> = {}): string {
  try {
    checkContracts(graphs, { ...manifest, ...change });
  } catch (error) {
    return checkedRefusal(error, ['pack-corrupt']);
  }
  throw new Error('nothing was refused');
}

it('fits the pack.json it was written with, whatever the weights are stored in', () => {
  expect(packs).toHaveLength(2);
  for (const pack of packs) expect(() => checkContracts(pack.models, pack.manifest)).not.toThrow();
});

it.each<[string, string, (manifest: PackManifest) => Partial<PackManifest>]>([
  [
    'fewer codes',
    'denoiser knows 41 values of tokens where pack.json makes it 40:',
    () => ({ codebookSize: 39 }),
  ],
  [
    'more timesteps',
    'denoiser knows 100 values of timestep where pack.json makes it 101:',
    () => ({ timesteps: 101 }),
  ],
  [
    'another grid',
    'denoiser takes tokens of [36] where pack.json makes it [42]:',
    () => ({ grid: { rows: 6, columns: 7 } }),
  ],
  [
    'more layers',
    'denoiser takes modulation of [2,96] where pack.json makes it [3,96]:',
    () => ({ layers: 3 }),
  ],
  [
    'another picture of CLIP',
    'image_encoder takes image of [3,',
    ({ clip }) => ({ clip: { ...clip, imageSize: 1 } }),
  ],
  [
    'a longer prompt',
    'text_encoder takes ids of [77] where pack.json makes it [78]:',
    ({ clip }) => ({ clip: { ...clip, contextLength: 78 } }),
  ],
  [
    'more words',
    'text_encoder knows 49408 values of ids where pack.json makes it 50000:',
    ({ clip }) => ({ clip: { ...clip, vocabularySize: 50_000 } }),
  ],
  [
    'another condition',
    'conditioner takes condition of [48] where pack.json makes it [1]:',
    () => ({ conditionSize: 1 }),
  ],
])('was made for another pack.json: %s', (_, message, change) => {
  expect(refusal(models, change(manifest))).toContain(`The graph ${message}`);
});

it.each<[string, () => Uint8Array, string]>([
  [
    'a length that runs backwards',
    () => readFileSync(new URL('../cases/onnx-negative-length.onnx', import.meta.url)),
    'is no ONNX model (protobuf: cut off',
  ],
  [
    'a number without an end',
    () => new Uint8Array(1000).fill(0xff),
    'is no ONNX model (protobuf: a whole number',
  ],
  ['no output', () => withoutOutputs(models.get('decoder')!), 'has no output'],
  ['other inputs', () => models.get('image_encoder')!, 'has no input “tokens”'],
])('is no decoder, but has %s', (_, bytes, message) => {
  expect(refusal(new Map([...models, ['decoder', bytes()]]))).toContain(`The graph decoder ${message}`);
});

/** The same graph with its outputs left out. */
function withoutOutputs(model: Uint8Array): Uint8Array {
  const [GRAPH, OUTPUT] = [7, 12];
  return joined(
    fieldsOf(model).flatMap(({ number, content, bytes }) =>
      number === GRAPH
        ? messageField(
            GRAPH,
            fieldsOf(content).flatMap((field) => (field.number === OUTPUT ? [] : [field.bytes])),
          )
        : [bytes],
    ),
  );
}
