// Other people's files: prefixes, averages, passengers, tensors nobody needs, dicts in dicts (test/convert/cases).
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/convert/checkpoint.ts';
import type { WeightChoice } from '../../src/convert/chooseTensors.ts';
import { inspectCheckpoint } from '../../src/convert/inspect.ts';
import type { ModelKind } from '../../src/convert/models/sizes.ts';
import { bytesSource } from '../../src/convert/source.ts';
import type { CheckpointTensors } from '../../src/convert/tensors.ts';
import { goldenTensors } from '../support/checkpoints.ts';
import {
  bool,
  dict,
  global,
  instance,
  int,
  list,
  none,
  persistent,
  reduce,
  storage,
  str,
  tensor,
  tuple,
} from '../support/pickleWriter.ts';
import { refusal } from '../support/refusal.ts';
import { dictOf, savedModels } from '../support/savedModels.ts';

const open = (file: Uint8Array, kind?: ModelKind, weights?: WeightChoice) =>
  openCheckpoint(bytesSource(file), kind, weights);
const inspect = (file: Uint8Array) => inspectCheckpoint(bytesSource(file));
const caseFile = (name: string) => readFileSync(new URL(`cases/${name}`, import.meta.url));

describe('small files that PyTorch reads', () => {
  const names = readdirSync(new URL('cases', import.meta.url)).filter((name) => /^[A-F]\d/.test(name));

  test('are all here', () => expect(names.length).toBe(20));

  test.each(names)('%s', async (name) => {
    const { tensors } = await open(caseFile(name));
    expect([...tensors.keys()]).toEqual(['transformer.blocks.0.x', 'transformer.content_emb.y']);
    const [x, y] = [...tensors.values()];
    expect([x.shape, y.shape]).toEqual([[4], [2, 3]]);
    expect((await x.float32()).length + (await y.float32()).length).toBe(10);
  });

  test.each([
    ['A1_module_prefix.pt', 'The weights were found under “state_dict”, behind the prefix “module.”.'],
    ['A2_orig_mod_prefix.pt', 'The weights were found behind the prefix “_orig_mod.”.'],
    ['B1_namespace.ckpt', undefined],
    ['D1_model_state_dict_nested.pt', 'The weights were found under “model.state_dict”.'],
    ['D5_list_root.pt', 'The weights were found under “0”.'],
    ['F4_protocol1.pt', undefined],
  ])('%s says where', async (name, note) => {
    expect((await open(caseFile(name))).note).toBe(note);
  });
});

let diffusion: CheckpointTensors;
let vqgan: CheckpointTensors;
beforeAll(async () => {
  diffusion = await goldenTensors('diffusion_tiny_1024.pt');
  vqgan = await goldenTensors('vqgan_tiny.ckpt');
});
const firstValue = async (tensors: CheckpointTensors, name: string) =>
  (await tensors.get(name)!.float32())[0];
const emptyText = 'empty_text_embed';
const schedule = 'log_cumprod_at';

describe('prefixes', () => {
  test.each([
    ...['module.', '_orig_mod.', 'model.', 'first_stage_model.', 'content_codec.', 'ddp.module._orig_mod.'],
  ])('%s before every name is stripped', async (prefix) => {
    const { items, file } = savedModels();
    const found = await inspect(file(dictOf(items(diffusion, 1, (name) => prefix + name))));
    expect(found).toMatchObject({ kind: 'diffusion', width: 32, codebookSize: 24 });
    expect(found.note).toBe(`The weights were found behind the prefix “${prefix}”.`);
  });

  test('two models in one dict: the one that is asked for, else the larger', async () => {
    const { items, file } = savedModels();
    const both = file(
      dictOf(
        items(vqgan, 1, (name) => `content_codec.${name}`),
        items(diffusion, 2, (name) => `transformer.${name}`),
      ),
    );
    expect((await open(both)).tensors.has('quantize.embed.weight')).toBe(true);
    const { tensors } = await open(both, 'diffusion');
    expect([...tensors.keys()]).toEqual([...diffusion.keys()]);
    // There is no CLIP: what is there is told apart later.
    expect((await open(both, 'clip')).tensors.has('quantize.embed.weight')).toBe(true);
  });
});

describe('averages beside the weights', () => {
  const used = /^The file also holds averaged weights: these are used/;

  test('a training file of the authors: ema, of the diffusion transformer alone', async () => {
    const { items, file } = savedModels();
    const training = file(
      dict([
        ['last_epoch', int(7)],
        [
          'model',
          dictOf(
            items(diffusion, 1, (name) => `transformer.${name}`),
            items(vqgan, 3, (name) => `content_codec.${name}`),
          ),
        ],
        ['ema', dictOf(items(diffusion, 2))],
        ['optimizer_and_scheduler', dict([['adam', dict([])]])],
      ]),
    );
    const { section, note, tensors } = await open(training, 'diffusion');
    expect([section, await firstValue(tensors, emptyText)]).toEqual(['ema', 2]);
    expect(note).toBe(
      'The file also holds averaged weights: these are used, found under “ema”, unless plain ones are asked for.',
    );
    const plain = await open(training, 'diffusion', 'plain');
    expect([plain.section, await firstValue(plain.tensors, emptyText)]).toEqual(['model', 1]);
    expect(plain.note).toBe(
      'The file also holds averaged weights: the plain ones are used, found under “model”, behind the prefix “transformer.”.',
    );
    const codec = await open(training, 'vqgan');
    expect(await firstValue(codec.tensors, 'quantize.embed.weight')).toBe(3);
    expect(codec.note).toBe('The weights were found under “model”, behind the prefix “content_codec.”.');
  });

  test.each([
    ['with dots', (name: string) => `model_ema.${name}`],
    ['LitEma’s, without dots', (name: string) => `model_ema.${name.replaceAll('.', '')}`],
  ])('model_ema.* in the same dict, %s', async (_, averageName) => {
    const { items, filled, file } = savedModels();
    const parameters = new Map([...diffusion].filter(([name]) => !/^(log_|Lt_)/.test(name)));
    const averages =
      averageName('a.b') === 'model_ema.ab'
        ? items(parameters, 2, averageName)
        : items(diffusion, 2, averageName);
    const root = (some: typeof averages) =>
      dict([['state_dict', dictOf(items(diffusion, 1), some, [['model_ema.decay', filled([], 0.99)]])]]);
    const whole = await open(file(root(averages)));
    expect(await firstValue(whole.tensors, emptyText)).toBe(2);
    expect(await firstValue(whole.tensors, schedule)).toBe(averageName('a.b') === 'model_ema.ab' ? 1 : 2);
    expect(whole.note).toMatch(used);
    expect([...whole.tensors.keys()].some((name) => name.startsWith('model_ema'))).toBe(false);
    expect(await inspect(file(root(averages)))).toMatchObject({ kind: 'diffusion', hasBoth: true });
    const plain = await open(file(root(averages)), 'diffusion', 'plain');
    expect(await firstValue(plain.tensors, emptyText)).toBe(1);
    // Where one is missing they make no model: the weights themselves do.
    const partly = await open(file(root(averages.slice(1))));
    expect(await firstValue(partly.tensors, emptyText)).toBe(1);
    expect(partly.note).toBeUndefined();
    expect([...partly.tensors.keys()]).toEqual([...diffusion.keys()]);
  });

  test('averages alone are used, and refused where plain weights are asked for', async () => {
    const { items, file } = savedModels();
    const averages = file(dict([['ema', dictOf(items(diffusion, 2))]]));
    expect(await firstValue((await open(averages, 'diffusion')).tensors, emptyText)).toBe(2);
    expect(await refusal(() => open(averages, 'diffusion', 'plain'))).toBe(
      'The file holds averaged weights and no plain ones: convert it without --weights plain.',
    );
  });

  test('an ema of other things than weights', async () => {
    const { items, filled, file } = savedModels();
    const { section, tensors } = await open(
      file(
        dict([
          ['model', dictOf(items(diffusion, 1))],
          [
            'ema',
            dict([
              ['decay', filled([], 0.99)],
              ['shadow', list(filled([3], 1))],
            ]),
          ],
        ]),
      ),
    );
    expect([section, await firstValue(tensors, emptyText)]).toEqual(['model', 1]);
  });
});

describe('where the weights are', () => {
  test.each<[string, (weights: Uint8Array, filled: () => Uint8Array) => Uint8Array, string | undefined]>([
    ['model_state_dict', (weights) => dict([['model_state_dict', weights]]), 'model_state_dict'],
    [
      'net, and a tensor beside',
      (weights, filled) =>
        dict([
          ['best_acc', filled()],
          ['net', weights],
        ]),
      'net',
    ],
    ['a dict in a dict', (weights) => dict([['model', dict([['state_dict', weights]])]]), 'model.state_dict'],
    ['a list', (weights) => list(weights, int(3)), '0'],
    ['module', (weights) => dict([['module', weights]]), 'module'],
    [
      'a dict of a class of its own',
      (weights) =>
        dict([
          ['cfg', none],
          ['params', reduce(global('collections', 'OrderedDict'), weights)],
        ]),
      'params',
    ],
    [
      'an attribute of an object',
      (weights) => instance(global('mine', 'Trainer'), dict([['weights', weights]])),
      'weights',
    ],
    [
      'after larger sets that are no model',
      (weights, filled) =>
        dict([
          ['optimizer', dict([['exp_avg', filled()]])],
          ['net', weights],
        ]),
      'net',
    ],
  ])('%s', async (_, root, section) => {
    const { items, filled, file } = savedModels();
    const saved = file(root(dictOf(items(diffusion, 1)), () => filled([700, 700], 1)));
    expect((await open(saved)).section).toBe(section);
    expect(await inspect(saved)).toMatchObject({ kind: 'diffusion', width: 32 });
  });

  test('a discriminator beside a generator is no rival', async () => {
    const { items, filled, file } = savedModels();
    const saved = file(
      dict([
        ['d', dict([['main.0.weight', filled([64, 3, 4, 4], 1)]])],
        ['g', dictOf(items(vqgan, 1))],
      ]),
    );
    expect((await open(saved)).section).toBe('g');
  });
});

describe('tensors that cannot be read', () => {
  const complex = (shape: readonly number[]) =>
    reduce(
      global('torch._utils', '_rebuild_tensor_v2'),
      persistent(
        tuple(str('storage'), global('torch', 'ComplexFloatStorage'), str('0'), str('cpu'), int(99)),
      ),
      ...[int(0), tuple(...shape.map(int)), tuple(...shape.map(() => int(1))), bool(false), dict([])],
    );

  test('are passed over where nobody needs them', async () => {
    const { items, file } = savedModels();
    const root = dictOf(items(diffusion, 1), [
      ['log_weird', complex([2])],
      // As much beyond its storage as it likes.
      ['Lt_other', tensor(storage('float32', '0', 1), { shape: [999_999] })],
    ]);
    expect(await inspect(file(root))).toMatchObject({ kind: 'diffusion' });
  });

  test('are named with their type where a model needs them', async () => {
    const { items, file } = savedModels();
    const name = 'transformer.blocks.0.attn.key.weight';
    const root = dictOf(items(new Map([...diffusion].filter(([key]) => key !== name)), 1), [
      [name, complex([32, 32])],
    ]);
    expect(await refusal(() => inspect(file(root)))).toBe(
      `Tensor “${name}” is of a type that is not supported (“complex64”): save the model's weights as dense float32 or float16 with torch.save.`,
    );
  });

  test('are named where all of them are so', async () => {
    const { file } = savedModels();
    const root = dictOf([...diffusion.keys()].map((name) => [name, complex([1])] as const));
    expect(await refusal(() => open(file(root)))).toMatch('(“complex64”)');
  });

  test('something else where a weight is needed is a missing weight', async () => {
    const { items, file } = savedModels();
    const name = 'transformer.blocks.0.attn.key.weight';
    const root = dictOf(items(new Map([...diffusion].filter(([key]) => key !== name)), 1), [
      [name, reduce(global('pathlib', 'PosixPath'), str('/weights'))],
    ]);
    expect(await refusal(() => inspect(file(root)))).toMatch(name);
  });
});

describe('sizes to come', () => {
  test('a small file of views that claim gigabytes is refused, unread', async () => {
    const one = tensor(storage('float32', '0', 1), { shape: [1024, 1024], strides: [0, 0] });
    const { file, filled } = savedModels();
    filled([1], 1);
    // 3000 x 4 MB
    const root = dict([...Array(3000).keys()].map((i) => [`transformer.blocks.${i}.x`, one]));
    expect(await refusal(() => open(file(root)))).toMatch(
      /^The file has \d+ bytes and says that its tensors have 12582912000: it is damaged/,
    );
  });

  test('a few repeated values are no matter', async () => {
    const { file, filled } = savedModels();
    filled([1], 7);
    const repeated = tensor(storage('float32', '0', 1), { shape: [512, 512], strides: [0, 0] });
    const { tensors } = await open(file(dict([['transformer.blocks.0.x', repeated]])));
    expect((await tensors.get('transformer.blocks.0.x')!.float32())[99]).toBe(7);
  });
});
