// The GumbelVQ of taming-transformers: its sizes, and the tensors that these sizes ask for.
import { UserError } from '../../errors.ts';
import type { CheckpointTensors } from '../tensors.ts';
import { checkAsked, countOf, type Expected, hasPrefix, type Place, shapeList, sizeAt } from './sizes.ts';

/** One resolution of a tower; level 0 is the picture's own. */
export interface Level {
  readonly channels: number;
  readonly blocks: number;
  readonly attention: boolean;
}

export interface VqganShape {
  /** K */
  readonly codebookSize: number;
  /** Length of a code, the same as the latent channels. */
  readonly codeSize: number;
  /** Channels after the encoder's first convolution. */
  readonly encoderInputChannels: number;
  readonly encoder: readonly Level[];
  readonly decoder: readonly Level[];
  /** Pixels a token is wide: 2^(levels - 1). */
  readonly scaleFactor: number;
  /** Groups of every GroupNorm. */
  readonly normGroups: number;
}

/** A picture of 32768 pixels a side would have as many. */
const MOST_LEVELS = 16;

/** taming-transformers knows no other number. */
export const AUTHORS_NORM_GROUPS = 32;

/**
 * @param normGroups what no tensor tells
 * @throws {UserError} when too little is there to tell the sizes, or a norm's channels cannot be grouped so.
 */
export function vqganShape(tensors: CheckpointTensors, normGroups = AUTHORS_NORM_GROUPS): VqganShape {
  const size = (...places: Place[]) => sizeAt(tensors, 'VQGAN', places);
  const levels = Math.max(countOf(tensors, 'decoder.up.#.'), countOf(tensors, 'encoder.down.#.'));
  if (levels === 0) {
    throw new UserError('checkpoint', 'The VQGAN checkpoint has no tensors decoder.up.* and encoder.down.*.');
  }
  if (levels > MOST_LEVELS) {
    throw new UserError(
      'checkpoint',
      `The VQGAN checkpoint's names ask for ${levels} levels, and no VQGAN has more than ${MOST_LEVELS}: it is damaged, or another model.`,
    );
  }
  const encoderBlocks = countOf(tensors, 'encoder.down.0.block.#.');
  const decoderBlocks = countOf(tensors, 'decoder.up.0.block.#.');
  checkAsked('VQGAN', levels * (encoderBlocks + decoderBlocks) * 8, tensors);
  const channels = Array.from({ length: levels }, (_, level) =>
    size(
      [`encoder.down.${level}.block.0.conv1.weight`, 0],
      [`decoder.up.${level}.block.0.conv1.weight`, 0],
      [`encoder.down.${level}.block.0.conv2.weight`, 0],
    ),
  );
  const odd = channels.find((count) => count % normGroups !== 0);
  if (odd !== undefined) {
    throw new UserError(
      'checkpoint',
      `The VQGAN has layers of ${odd} channels, which cannot be normalised in ${normGroups} groups.`,
    );
  }
  const tower = (key: string, blocks: number): Level[] =>
    channels.map((count, level) => ({
      channels: count,
      blocks,
      attention: hasPrefix(tensors, `${key}.${level}.attn.`),
    }));
  return {
    codebookSize: size(['quantize.embed.weight', 0], ['quantize.proj.weight', 0], ['quantize.proj.bias', 0]),
    codeSize: size(['quantize.embed.weight', 1], ['post_quant_conv.weight', 1], ['quant_conv.weight', 0]),
    encoderInputChannels: size(['encoder.conv_in.weight', 0], ['encoder.conv_in.bias', 0]),
    encoder: tower('encoder.down', encoderBlocks),
    decoder: tower('decoder.up', decoderBlocks),
    scaleFactor: 2 ** (levels - 1),
    normGroups,
  };
}

/** All tensors of such a model. */
export function vqganTensors(shape: VqganShape): Expected {
  const { shapes, tensor, weightAndBias } = shapeList();
  const { codebookSize, codeSize, encoder, decoder } = shape;
  const norm = (key: string, channels: number) => weightAndBias(key, [channels]);
  const conv = (key: string, kernel: number, from: number, to: number) =>
    weightAndBias(key, [to, from, kernel, kernel]);
  const residual = (key: string, from: number, to: number) => {
    norm(`${key}.norm1`, from);
    conv(`${key}.conv1`, 3, from, to);
    norm(`${key}.norm2`, to);
    conv(`${key}.conv2`, 3, to, to);
    if (from !== to) conv(`${key}.nin_shortcut`, 1, from, to);
  };
  const attention = (key: string, channels: number) => {
    norm(`${key}.norm`, channels);
    for (const name of ['q', 'k', 'v', 'proj_out']) conv(`${key}.${name}`, 1, channels, channels);
  };
  const middle = (key: string, channels: number) => {
    residual(`${key}.block_1`, channels, channels);
    attention(`${key}.attn_1`, channels);
    residual(`${key}.block_2`, channels, channels);
  };
  const level = (key: string, { blocks, channels, attention: attends }: Level, from: number) => {
    for (let block = 0; block < blocks; block++) {
      residual(`${key}.block.${block}`, block === 0 ? from : channels, channels);
      if (attends) attention(`${key}.attn.${block}`, channels);
    }
  };

  const deepest = encoder.at(-1)!.channels;
  conv('encoder.conv_in', 3, 3, shape.encoderInputChannels);
  for (const [index, each] of encoder.entries()) {
    level(`encoder.down.${index}`, each, encoder[index - 1]?.channels ?? shape.encoderInputChannels);
    if (index < encoder.length - 1) {
      conv(`encoder.down.${index}.downsample.conv`, 3, each.channels, each.channels);
    }
  }
  middle('encoder.mid', deepest);
  norm('encoder.norm_out', deepest);
  conv('encoder.conv_out', 3, deepest, codeSize);
  conv('quant_conv', 1, codeSize, codeSize);
  conv('quantize.proj', 1, codeSize, codebookSize);
  tensor('quantize.embed.weight', [codebookSize, codeSize]);
  conv('post_quant_conv', 1, codeSize, codeSize);
  conv('decoder.conv_in', 3, codeSize, deepest);
  middle('decoder.mid', deepest);
  for (const [index, each] of decoder.entries()) {
    level(`decoder.up.${index}`, each, decoder[index + 1]?.channels ?? deepest);
    if (index > 0) conv(`decoder.up.${index}.upsample.conv`, 3, each.channels, each.channels);
  }
  norm('decoder.norm_out', decoder[0].channels);
  conv('decoder.conv_out', 3, decoder[0].channels, 3);
  return { shapes, parts: /^(encoder|decoder|quantize|quant_conv|post_quant_conv)\./ };
}
