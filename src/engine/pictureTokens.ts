// From a picture that was not made here to the tokens nearest to it. Few ever ask for it, and the encoder is as large as
// the decoder: it is read and opened when it is asked for, and let go when it has answered.
import { UserError } from '../errors.ts';
import type { PackManifest } from '../pack/manifest.ts';
import { chosenFile, dataPath } from '../pack/packFiles.ts';
import { quoted } from '../quote.ts';
import type { ImageTokens, RgbaImage } from '../types.ts';
import { checkOutput } from './checkOutput.ts';
import { checkContracts } from './contract.ts';
import type { PackSource } from './packReader.ts';
import { fromRgba } from './rgba.ts';
import { openGraph, type Runtime } from './session.ts';

/** Tokens of one picture of the model's own size, none of them MASK. [positions] */
export type EncodePicture = (image: RgbaImage) => Promise<ImageTokens>;

/**
 * @param runtime on which the pack's other graphs are open
 * @throws {UserError} from what it returns: `settings` where the pack has no encoder, or the picture another size; what
 * reading and opening a pack's file may throw
 */
export function pictureEncoder(source: PackSource, manifest: PackManifest, runtime: Runtime): EncodePicture {
  const { graphs, grid, image: size, codebookSize } = manifest;
  const positions = grid.rows * grid.columns;

  async function openEncoder(encoder: NonNullable<typeof graphs.encoder>) {
    const { file } = chosenFile(encoder);
    const data = file.data ?? [];
    const bytes = await source.files([file, ...data], () => {});
    const model = bytes.get(file.file)!;
    checkContracts(new Map([['encoder', model]]), manifest);
    const beside = data.map((each) => ({ path: dataPath(each), data: bytes.get(each.file)! }));
    return openGraph(runtime, 'encoder', model, beside);
  }

  return async (image) => {
    if (!graphs.encoder) {
      throw new UserError(
        'settings',
        `The model ${quoted(manifest.name, 60)} has no encoder, so it cannot take up pictures that it did not make: use one of its own.`,
      );
    }
    if (image.width !== size.width || image.height !== size.height) {
      throw new UserError(
        'settings',
        `The picture has ${image.width} x ${image.height} pixels, and the model takes ${size.width} x ${size.height}: bring it again.`,
      );
    }
    const graph = await openEncoder(graphs.encoder);
    try {
      checkOutput(graph, 'encoder', [positions]);
      const dims = [1, 3, size.height, size.width];
      const tokens = await graph.run({ image: { type: 'float32', data: fromRgba(image), dims } });
      if (tokens.some((token) => !(token >= 0 && token < codebookSize))) {
        throw new UserError(
          'pack-corrupt',
          `The graph encoder gives codes that the model’s ${codebookSize} do not reach: convert the pack again.`,
        );
      }
      return tokens as ImageTokens;
    } finally {
      await graph.dispose();
    }
  };
}
