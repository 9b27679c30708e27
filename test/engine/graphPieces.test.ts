// A denoiser cut into pieces answers as the whole one does, whatever is in each and wherever the weights lie.
import { describe, expect, it } from 'vitest';
import { openNodeRuntime } from '../../src/cli/nodeRuntime.ts';
import { createDenoiser } from '../../src/engine/denoiser.ts';
import { piecesOf } from '../../src/engine/graphPieces.ts';
import { checkedBytes, makeCheck, type ReadBytes } from '../../src/engine/makeCheck.ts';
import { openGraph } from '../../src/engine/session.ts';
import { checkInput, checkLogits, pickLogits } from '../../src/engine/stepCheck.ts';
import { decodeFloats } from '../../src/pack/base64Floats.ts';
import { CHECKED_LOGITS, parseManifest, type WeightType, weightTypes } from '../../src/pack/manifest.ts';
import { chosenFile, dataPath } from '../../src/pack/packFiles.ts';
import { convertMicroPack, type PackInMemory } from '../support/microPack.ts';

const manifestIn = (files: PackInMemory) =>
  parseManifest(JSON.parse(new TextDecoder().decode(files.get('pack.json'))));
const readIn =
  (files: PackInMemory): ReadBytes =>
  async (path, start, end) =>
    files.get(path)!.slice(start, end);

/** With the denoiser opened as the engine opens it. */
async function answerOfTheWhole(files: PackInMemory) {
  const manifest = manifestIn(files);
  const runtime = await openNodeRuntime(1);
  const open = (name: 'conditioner' | 'denoiser') => {
    const { file } = chosenFile(manifest.graphs[name]);
    const data = (file.data ?? []).map((each) => ({ path: dataPath(each), data: files.get(each.file)! }));
    return openGraph(runtime, name, files.get(file.file)!, data);
  };
  const [conditioner, denoiser] = [await open('conditioner'), await open('denoiser')];
  const check = { seed: 20261126, timestep: Math.floor(0.4 * manifest.timesteps) };
  const logits = await checkLogits(
    createDenoiser(conditioner, denoiser, manifest),
    checkInput(check, manifest),
  );
  await conditioner.dispose();
  await denoiser.dispose();
  return pickLogits(logits, check.seed, manifest.codebookSize);
}

describe('a graph in pieces', () => {
  it.each<[WeightType, number | undefined]>([
    ...weightTypes.map((type): [WeightType, undefined] => [type, undefined]),
    ['fp16', 60_000],
  ])(
    'of weights in %s, with files of at most %s bytes, answers as the whole does',
    async (weightType, maxFileBytes) => {
      const files = await convertMicroPack(weightType, maxFileBytes);
      const manifest = manifestIn(files);
      const { file } = chosenFile(manifest.graphs.denoiser);
      expect(Boolean(file.data)).toBe(maxFileBytes !== undefined);
      const sizes: number[] = [];
      const options = { pieceBytes: 20_000, onBytes: (bytes: number) => sizes.push(bytes) };
      const check = await makeCheck(await openNodeRuntime(1), manifest, readIn(files), options);
      expect(sizes.length).toBeGreaterThan(5);
      const [total, all] = [sizes.reduce((sum, bytes) => sum + bytes, 0), checkedBytes(manifest)];
      expect(total / all).toBeGreaterThan(0.8);
      expect(total / all).toBeLessThan(1.1);
      const expected = await answerOfTheWhole(files);
      const found = decodeFloats(check.logits, CHECKED_LOGITS)!;
      const furthest = Math.max(...found.map((value, i) => Math.abs(value - expected[i])));
      // Another order of sums, as nodes are fused across no cut.
      expect(furthest / check.spread).toBeLessThan(2e-6);
    },
  );

  it('holds no more weights at once than are allowed, but for a node that needs more by itself', async () => {
    const files = await convertMicroPack('fp16');
    const model = files.get(chosenFile(manifestIn(files).graphs.denoiser).file.file)!;
    const alone = Math.max(...piecesOf(model, 0).map(({ bytes }) => bytes));
    expect(Math.max(...piecesOf(model, 2 * alone).map(({ bytes }) => bytes))).toBeLessThanOrEqual(2 * alone);
    expect(piecesOf(model, Number.POSITIVE_INFINITY).length).toBe(1);
  });

  it('stops between two pieces', async () => {
    const files = await convertMicroPack('fp16', 60_000);
    const stop = new AbortController();
    let pieces = 0;
    const onBytes = () => {
      pieces++;
      stop.abort(new Error('enough'));
    };
    const options = { pieceBytes: 20_000, onBytes, signal: stop.signal };
    await expect(
      makeCheck(await openNodeRuntime(1), manifestIn(files), readIn(files), options),
    ).rejects.toThrow('enough');
    expect(pieces).toBe(1);
  });
});
