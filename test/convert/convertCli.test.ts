// The command, run as a person runs it.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseConvertArguments, usage } from '../../src/cli/convertArguments.ts';
import { parseManifest } from '../../src/pack/manifest.ts';
import { goldenTensors } from '../support/checkpoints.ts';
import { dict } from '../support/pickleWriter.ts';
import { dictOf, savedModels } from '../support/savedModels.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const golden = (name: string) => join(root, 'test/golden/checkpoints', name);
const needed = [
  '--diffusion',
  'd',
  '--vqgan',
  'v',
  '--clip',
  'c',
  '--out',
  'o',
  '--name',
  'n',
  '--license',
  'l',
];

function runCommand(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', join(root, 'src/cli/convert.ts'), ...args],
      { cwd: root },
      (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

describe('npm run convert', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'convert-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('writes a pack', async () => {
    await writeFile(join(folder, 'examples.txt'), 'one\n\n two \n');
    const vocabulary = { words: ['red', 'hair'], groups: [{ name: 'hair', phrases: ['red hair'] }] };
    await writeFile(join(folder, 'vocabulary.json'), JSON.stringify(vocabulary));
    const out = join(folder, 'tiny-pack');
    const { code, out: said } = await runCommand([
      ...['--diffusion', golden('diffusion_tiny.pt'), '--config', golden('diffusion_tiny.yaml')],
      ...['--vqgan', golden('vqgan_tiny.ckpt'), '--clip', golden('clip_small_2head.pt')],
      ...['--out', out, '--name', 'Tiny', '--license', 'none', '--examples', join(folder, 'examples.txt')],
      ...['--steps', '10', '--truncation', '20p', '--prompt-prefix', 'a photograph of '],
      ...['--vocabulary', join(folder, 'vocabulary.json'), '--clip-activation', 'quick-gelu'],
    ]);
    expect(code).toBe(0);
    expect(said).toContain('wrote denoiser.fp16.onnx');
    const manifest = parseManifest(JSON.parse(await readFile(join(out, 'pack.json'), 'utf8')));
    expect(manifest).toMatchObject({
      id: 'tiny-pack',
      examples: ['one', 'two'],
      vocabulary,
      check: { timestep: 40 },
      defaults: { steps: 10, truncation: { kind: 'topK', k: 20 }, promptPrefix: 'a photograph of ' },
    });
    expect((await readdir(out)).length).toBe(9);
  });

  test('says what is wrong in one sentence and fails', async () => {
    const { code, err } = await runCommand([
      ...['--diffusion', golden('vqgan_tiny.ckpt'), '--vqgan', golden('vqgan_tiny.ckpt')],
      ...[
        '--clip',
        golden('clip_small_2head.pt'),
        '--out',
        join(folder, 'x'),
        '--name',
        'x',
        '--license',
        'x',
      ],
    ]);
    expect(code).toBe(1);
    expect(err.trim()).toBe(
      'The file given as --diffusion is a VQGAN: pass it as --vqgan, and a diffusion transformer as --diffusion.',
    );
  });

  test('refuses an id that no pack can have before it reads anything', async () => {
    for (const [id, ...more] of [
      ['--id', 'my pack'],
      ['--out', join(folder, 'my pack')],
    ]) {
      const { code, err } = await runCommand([
        ...['--diffusion', 'none', '--vqgan', 'none', '--clip', 'none', '--name', 'n', '--license', 'l'],
        ...['--out', join(folder, 'a'), id, ...more],
      ]);
      expect(code).toBe(1);
      expect(err).toMatch(/^"my pack" cannot be the pack's id: give --id/);
    }
  });

  test('which of the three files is damaged, and a folder that cannot be made', async () => {
    const cut = join(folder, 'cut.pt');
    await writeFile(cut, (await readFile(golden('clip_small_2head.pt'))).subarray(0, 5000));
    const files = ['--diffusion', golden('diffusion_tiny.pt'), '--vqgan', golden('vqgan_tiny.ckpt')];
    const rest = ['--heads', '4', '--name', 'x', '--license', 'x'];
    const damaged = await runCommand([...files, '--clip', cut, '--out', join(folder, 'x'), ...rest]);
    expect(damaged.code).toBe(1);
    expect(damaged.err).toMatch(/^--clip: The file begins like a zip archive.* its end is missing/);

    const clip = golden('clip_small_2head.pt');
    const unwritable = await runCommand([...files, '--clip', clip, '--out', join(cut, 'x'), ...rest]);
    expect(unwritable.code).toBe(1);
    expect(unwritable.err).toMatch(/^Cannot write .*cut\.pt.*: ENOTDIR[^\n]*\n$/);
  });

  test('averages alone, where plain weights are asked for', async () => {
    const averages = join(folder, 'averages.pt');
    const { items, file } = savedModels();
    await writeFile(
      averages,
      file(dict([['ema', dictOf(items(await goldenTensors('diffusion_tiny.pt'), 2))]])),
    );
    const { code, err } = await runCommand([
      ...[
        '--diffusion',
        averages,
        '--vqgan',
        golden('vqgan_tiny.ckpt'),
        '--heads',
        '4',
        '--weights',
        'plain',
      ],
      ...[
        '--clip',
        golden('clip_small_2head.pt'),
        '--out',
        join(folder, 'x'),
        '--name',
        'x',
        '--license',
        'x',
      ],
    ]);
    expect(code).toBe(1);
    expect(err).toMatch(/^--diffusion: The file holds averaged weights and no plain ones/);
  });

  test('a file that is not there', async () => {
    const { code, err } = await runCommand(needed);
    expect(code).toBe(1);
    expect(err).toContain('Cannot open d: ENOENT');
  });
});

describe('arguments', () => {
  test('help', () => expect(parseConvertArguments(['--help'])).toBe(usage));

  test('the authors’ values where none are given', () => {
    expect(parseConvertArguments(needed)).toMatchObject({
      weightType: 'fp16',
      weights: 'averages',
      heads: null,
      clipActivation: null,
      vocabulary: null,
      config: null,
      schedule: { alphaBar: [0.99999, 0.000009], gammaBar: [0.000009, 0.99999] },
      defaults: {},
    });
  });

  test('numbers, pairs and truncations', () => {
    const given = parseConvertArguments([
      ...needed,
      ...['--heads', '16', '--alpha-bar', '0.9,0.1', '--guidance', '3', '--truncation', '0.9r'],
    ]);
    expect(given).toMatchObject({
      heads: 16,
      schedule: { alphaBar: [0.9, 0.1] },
      defaults: { guidance: 3, truncation: { kind: 'topR', r: 0.9 } },
    });
  });

  test.each([
    [['--dtype', 'int4'], '--dtype should be one of fp32, fp16, int8, q4'],
    [['--clip-activation', 'relu'], '--clip-activation should be one of quick-gelu, gelu, found "relu"'],
    [['--weights', 'ema'], '--weights should be one of averages, plain, found "ema"'],
    [['--heads', 'many'], '--heads should be a number'],
    [['--norm-groups', 'few'], '--norm-groups should be a number'],
    [['--alpha-bar', '0.5'], '--alpha-bar should be two numbers'],
    [['--truncation', '0.85'], '--truncation should be none'],
    [['--colour', 'red'], "Unknown option '--colour'. --help lists the options."],
  ])('%s', (args, message) => {
    expect(() => parseConvertArguments([...needed, ...args])).toThrow(message);
  });

  test('all that is missing is named', () => {
    expect(() => parseConvertArguments(['--clip', 'c', '--name', 'n'])).toThrow(
      'Please give --diffusion, --vqgan, --out, --license',
    );
  });
});
