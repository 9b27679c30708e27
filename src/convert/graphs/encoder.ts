// picture f32 [N, 3, H, W] in 0..1 -> tokens int32 [N, L]
import type { WeightType } from '../../pack/manifest.ts';
import type { VqganShape } from '../models/vqgan.ts';
import type { Graph } from '../onnx.ts';
import type { WeightFinder } from '../weights.ts';
import { startGraph } from './builder.ts';
import { attentionBlock, conv, downsample, normSwish, residualBlock } from './vqganLayers.ts';

/**
 * The VQGAN's encoder. The authors draw the code with Gumbel noise; an app wants the same tokens for the same
 * picture, so this takes the likeliest code.
 */
export function encoder(
  find: WeightFinder,
  shape: VqganShape,
  { rows, columns }: { rows: number; columns: number },
  weightType: WeightType,
): Graph {
  const { encoder: tower, scaleFactor, normGroups: groups } = shape;
  const g = startGraph('encoder', weightType);
  const image = g.input('image', 'float32', [3, rows * scaleFactor, columns * scaleFactor]);

  const signed = g.subtract(g.multiply(image, g.scalar(2)), g.scalar(1));
  let x = conv(g, find, 'encoder.conv_in', 3, signed);
  let channels = shape.encoderInputChannels;
  for (const [level, { channels: out, blocks, attention }] of tower.entries()) {
    const enlarged = 2 ** (tower.length - 1 - level);
    const place = { channels: out, rows: rows * enlarged, columns: columns * enlarged };
    for (let block = 0; block < blocks; block++) {
      x = residualBlock(g, find, `encoder.down.${level}.block.${block}`, groups, [channels, out], x);
      channels = out;
      if (attention) x = attentionBlock(g, find, `encoder.down.${level}.attn.${block}`, groups, place, x);
    }
    if (level < tower.length - 1) x = downsample(g, find, `encoder.down.${level}.downsample.conv`, x);
  }
  x = residualBlock(g, find, 'encoder.mid.block_1', groups, [channels, channels], x);
  x = attentionBlock(g, find, 'encoder.mid.attn_1', groups, { channels, rows, columns }, x);
  x = residualBlock(g, find, 'encoder.mid.block_2', groups, [channels, channels], x);
  x = conv(g, find, 'encoder.conv_out', 3, normSwish(g, find, 'encoder.norm_out', groups, x));

  const scores = conv(g, find, 'quantize.proj', 1, conv(g, find, 'quant_conv', 1, x));
  const likeliest = g.op('ArgMax', [scores], { axis: 1, keepdims: 0 });
  const tokens = g.cast(g.reshape(likeliest, [0, rows * columns]), 'int32');
  g.output('tokens', 'int32', [rows * columns], tokens);
  return g.finish();
}
