// The command, run as a person runs it, with a small pack of random weights.
import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  completeSettings,
  parseGenerateArguments,
  settingsName,
  usage,
} from '../../src/cli/generateArguments.ts';
import { type PngContent, readRecipe } from '../../src/png/readRecipe.ts';
import { convertMicroPack } from '../support/microPack.ts';
import { pngChunks } from '../support/png.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const needed = ['--pack', 'p', '--prompts', 'f.txt', '--out', 'o'];

function runCommand(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', join(root, 'src/cli/generate.ts'), ...args],
      { cwd: root },
      (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

interface Line {
  readonly prompt: string;
  readonly file: string;
  readonly seed: number;
  readonly score: number;
  readonly setting: string;
}

/** The colours of a PNG, packed; all else in it may tell of scores, which are measured to some digits. */
const colours = (png: Uint8Array) =>
  Buffer.concat(pngChunks(png).flatMap(({ type, data }) => (type === 'IDAT' ? [data] : [])));

type Own = Extract<PngContent, { kind: 'recipe' }>;

async function linesOf(folder: string): Promise<Line[]> {
  const text = await readFile(join(folder, 'results.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('npm run generate', () => {
  let folder: string;
  const packFolder = 'test/.tmp/generate';
  const pack = ['--pack', packFolder];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'generate-'));
    await mkdir(join(root, packFolder), { recursive: true });
    for (const [path, bytes] of await convertMicroPack())
      await writeFile(join(root, packFolder, path), bytes);
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('makes a grid of settings, and in a second run only what is missing', async () => {
    const prompts = join(folder, 'prompts.txt');
    const grid = join(folder, 'grid.json');
    const out = join(folder, 'pictures');
    await writeFile(prompts, 'a face with red hair\n\n a man with a beard \n');
    await writeFile(grid, JSON.stringify([{ steps: 2 }, { steps: 1, sampler: 'authors-fast' }]));
    const args = [...pack, '--prompts', prompts, '--out', out, '--seeds', '2', '--seed', '10'];
    const settings = ['--guidance', '2', '--truncation', '0.9', '--grid', grid, '--native'];
    expect(await runCommand([...args, ...settings])).toMatchObject({ code: 0 });

    const lines = await linesOf(out);
    expect(lines.map(({ prompt, seed }) => [prompt, seed])).toEqual(
      [0, 1].flatMap(() => [
        ['a face with red hair', 10],
        ['a face with red hair', 11],
        ['a man with a beard', 12],
        ['a man with a beard', 13],
      ]),
    );
    expect((await readdir(out)).sort()).toEqual([
      'authors-fast-1-g2-t0.9',
      'exact-2-g2-t0.9',
      'results.jsonl',
    ]);
    const pictures = () => Promise.all(lines.map(({ file }) => readFile(join(out, file))));
    const before = await pictures();
    const [png] = before;
    expect(png.subarray(12, 16).toString()).toBe('IHDR');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([12, 12]);
    expect(png.includes('a face with red hair')).toBe(true);

    // As a run leaves them that was killed while it wrote its fourth line.
    await writeFile(
      join(out, 'results.jsonl'),
      lines
        .slice(0, 3)
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(''),
    );
    await appendFile(join(out, 'results.jsonl'), '{"prompt":"a ma');
    expect(await runCommand([...args, ...settings])).toMatchObject({ code: 0 });
    const again = await linesOf(out);
    expect(again.map(({ file }) => file)).toEqual(lines.map(({ file }) => file));
    for (const [i, { score }] of again.entries()) expect(score).toBeCloseTo(lines[i].score, 4);
    // The fourth was made alone this time: a picture depends on its own seed only, and every seed has its own.
    const after = await pictures();
    for (const [i, picture] of after.entries()) {
      expect(colours(picture).equals(colours(before[i])), lines[i].file).toBe(true);
    }
    expect(new Set(after.map((picture) => colours(picture).toString('base64'))).size).toBe(after.length);

    await writeFile(prompts, 'a face with blue hair');
    const other = await runCommand([...args, ...settings]);
    expect(other.code).toBe(1);
    expect(other.err).toMatch(/was made with prompt "a face with red hair" .*choose another --out\.\n$/);
  });

  test('makes pictures again from their files, and lists of recipes, as they say', async () => {
    const prompts = join(folder, 'braces.txt');
    const out = join(folder, 'first');
    await writeFile(prompts, 'a face with {red|blond} hair\n');
    const first = ['--prompts', prompts, '--out', out, '--seeds', '2', '--steps', '2', '--native'];
    expect(await runCommand([...pack, ...first])).toMatchObject({ code: 0 });
    const files = await Promise.all((await linesOf(out)).map(({ file }) => readFile(join(out, file))));

    const picture = join(folder, 'given.png');
    await writeFile(picture, files[0]);
    const replayed = join(folder, 'replayed');
    const replay = [...pack, '--recipes', picture, '--out', replayed, '--native'];
    expect(await runCommand(replay)).toMatchObject({ code: 0 });
    const [line] = await linesOf(replayed);
    expect(line).toMatchObject({ prompt: 'a face with {red|blond} hair', seed: 0, setting: 'recipes' });
    const again = await readFile(join(replayed, line.file));
    expect(colours(again).equals(colours(files[0]))).toBe(true);
    const content = await readRecipe(files[0]);
    expect(await readRecipe(again)).toMatchObject({ recipe: (content as Own).recipe });

    // A list of others into the same folder: what was made stays, and the seed decides.
    const recipes = await Promise.all(files.map(async (file) => ((await readRecipe(file)) as Own).recipe));
    const list = join(folder, 'recipes.json');
    await writeFile(list, JSON.stringify(recipes));
    expect(await runCommand([...pack, '--recipes', list, '--out', replayed, '--native'])).toMatchObject({
      code: 0,
    });
    const lines = await linesOf(replayed);
    expect(lines.map(({ seed }) => seed)).toEqual([0, 1]);
    const second = await readFile(join(replayed, lines[1].file));
    expect(colours(second).equals(colours(files[1]))).toBe(true);
  });

  test('the WASM runtime of the page is what it runs on without --native', async () => {
    const prompts = join(folder, 'prompts.json');
    await writeFile(prompts, JSON.stringify([{ prompt: 'a face with red hair' }]));
    const args = [...pack, '--prompts', prompts, '--seeds', '1', '--steps', '2'];
    for (const [name, more] of [
      ['wasm', []],
      ['native', ['--native']],
    ] as const) {
      const out = join(folder, name);
      expect(await runCommand([...args, '--out', out, ...more])).toMatchObject({ code: 0 });
      expect(await linesOf(out)).toMatchObject([{ runtime: name }]);
    }
    const [wasm] = await linesOf(join(folder, 'wasm'));
    const [native] = await linesOf(join(folder, 'native'));
    expect(native.score).toBeCloseTo(wasm.score, 3);
  });

  test.each([
    [['--pack', 'nowhere', '--prompts', 'package.json'], /should be a list of texts/],
    [['--pack', 'nowhere', '--prompts', 'nowhere.txt'], /^Cannot read nowhere\.txt: ENOENT/],
    [['--pack', 'nowhere', '--prompts', 'LICENSE'], /^pack\.json is not there/],
    [
      [...pack, '--prompts', 'LICENSE', '--steps', '1000'],
      /asks for 1000 steps, and this model has at most 100/,
    ],
    [[...pack, '--recipes', 'nowhere.png'], /^Cannot read nowhere\.png: ENOENT/],
    [
      [...pack, '--recipes', 'package.json'],
      /^The recipes in package\.json cannot be used: its version is no whole number/,
    ],
    [['--pack', 'nowhere', '--recipes', 'public/models/portraits/welcome.webp'], /is not JSON/],
  ])('%s: one sentence', async (args, message) => {
    const { code, err } = await runCommand([...args, '--out', join(folder, 'x')]);
    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  test('quotes a file that is no JSON in one line, its control characters as escapes', async () => {
    const file = join(folder, 'raw.json');
    await writeFile(file, 'RIFF\n\x1b[31m red\r\n');
    const { code, err } = await runCommand([
      '--pack',
      'nowhere',
      '--recipes',
      file,
      '--out',
      join(folder, 'x'),
    ]);
    expect(code).toBe(1);
    expect(err).toContain('is not JSON');
    expect(err.trim()).not.toMatch(/\p{Cc}/u);
    const out = join(folder, 'torn');
    await mkdir(out);
    await writeFile(join(out, 'results.jsonl'), '{"seed": \x1b[31m}\n');
    const torn = await runCommand([...pack, '--prompts', 'LICENSE', '--out', out, '--native']);
    expect(torn.code).toBe(1);
    expect(torn.err).toContain('Cannot go on with');
    expect(torn.err.trim()).not.toMatch(/\p{Cc}/u);
  });
});

describe('arguments', () => {
  const defaults = {
    steps: 25,
    guidance: 1.15,
    truncation: { kind: 'topR', r: 0.85 },
    candidates: 4,
    promptPrefix: '',
  } as const;

  test('help', () => expect(parseGenerateArguments(['--help'])).toBe(usage));

  test('the pack’s defaults under the command line’s under the grid’s', () => {
    const given = parseGenerateArguments([...needed, '--guidance', '3', '--truncation', '1', '--native']);
    if (typeof given === 'string') throw new Error(given);
    expect(given).toMatchObject({ seeds: 4, seed: 0, threads: 2, native: true, grid: null });
    expect(completeSettings(null, given.settings, { defaults }).map(settingsName)).toEqual([
      'exact-25-g3-t1',
    ]);
    const grid = [
      { steps: 10, sampler: 'authors-fast' },
      { guidance: 1, truncation: 0.7 },
      { truncation: '50p', redraw: 0.1 },
    ];
    expect(completeSettings(grid, given.settings, { defaults }).map(settingsName)).toEqual([
      'authors-fast-10-g3-t1',
      'exact-25-g1-t0.7',
      'exact-25-g3-t50p-r0.1',
    ]);
  });

  test.each([
    [['--seeds', '0'], '--seeds should be a whole number from 1, found "0"'],
    [['--steps', '2.5'], '--steps should be a whole number'],
    [['--truncation', 'much'], '--truncation should be none'],
    [['--redraw', '10'], '--redraw should be between 0 and 1, found "10"'],
    [['--sampler', 'ddim'], '--sampler should be exact, cosine or authors-fast'],
    [['--colour', 'red'], "Unknown option '--colour'. --help lists the options."],
  ])('%s', (args, message) => {
    expect(() => parseGenerateArguments([...needed, ...args])).toThrow(message);
  });

  test.each([
    [{}, '--grid should be a list of settings'],
    [[3], '--grid should be a list of objects'],
    [[{ step: 3 }], 'made of steps, guidance, truncation, redraw and sampler, found "step"'],
    [[{ steps: 'few' }], '--grid: steps should be a number'],
  ])('grid %j', (grid, message) => {
    expect(() => completeSettings(grid, {}, { defaults })).toThrow(message);
  });

  test('beside recipes, nothing else says what is made', () => {
    const given = ['--pack', 'p', '--out', 'o', '--recipes', 'r.json'];
    expect(parseGenerateArguments(given)).toMatchObject({ recipes: 'r.json', prompts: null });
    expect(() => parseGenerateArguments([...given, '--steps', '3', '--seed', '1'])).toThrow(
      'Recipes say all that --recipes makes: leave out --seed, --steps.',
    );
  });

  test('all that is missing is named', () => {
    expect(() => parseGenerateArguments(['--pack', 'p'])).toThrow('Please give --prompts, --out');
    expect(() => parseGenerateArguments(['--recipes', 'r.json'])).toThrow('Please give --pack, --out');
  });
});
