// tokens int32 [N, L] -> picture f32 [N, 3, H, W] in 0..1
import type { WeightType } from '../../pack/manifest.ts';
import type { VqganShape } from '../models/vqgan.ts';
import type { Graph } from '../onnx.ts';
import type { WeightFinder } from '../weights.ts';
import { startGraph } from './builder.ts';
import { attentionBlock, conv, normSwish, residualBlock, upsample } from './vqganLayers.ts';

/** The VQGAN's decoder for a token grid of rows x columns. */
export function decoder(
  find: WeightFinder,
  shape: VqganShape,
  { rows, columns }: { rows: number; columns: number },
  weightType: WeightType,
): Graph {
  const { codeSize, decoder: tower, scaleFactor } = shape;
  const g = startGraph('decoder', weightType);
  const tokens = g.input('tokens', 'int32', [rows * columns]);

  const codes = g.gather(g.table('quantize.embed', find('quantize.embed.weight')), tokens);
  const grid = g.reshape(g.transpose(codes, [0, 2, 1]), [0, codeSize, rows, columns]);
  let x = conv(g, find, 'decoder.conv_in', 3, conv(g, find, 'post_quant_conv', 1, grid));

  let channels = tower.at(-1)!.channels;
  x = residualBlock(g, find, 'decoder.mid.block_1', [channels, channels], x);
  x = attentionBlock(g, find, 'decoder.mid.attn_1', { channels, rows, columns }, x);
  x = residualBlock(g, find, 'decoder.mid.block_2', [channels, channels], x);

  // Level 0 has the highest resolution and comes last.
  for (let level = tower.length - 1; level >= 0; level--) {
    const { channels: out, blocks, attention } = tower[level];
    const enlarged = 2 ** (tower.length - 1 - level);
    const place = { channels: out, rows: rows * enlarged, columns: columns * enlarged };
    for (let block = 0; block < blocks; block++) {
      x = residualBlock(g, find, `decoder.up.${level}.block.${block}`, [channels, out], x);
      channels = out;
      if (attention) x = attentionBlock(g, find, `decoder.up.${level}.attn.${block}`, place, x);
    }
    if (level > 0) x = upsample(g, find, `decoder.up.${level}.upsample.conv`, x);
  }
  x = conv(g, find, 'decoder.conv_out', 3, normSwish(g, find, 'decoder.norm_out', x));

  const clamped = g.op('Clip', [x, g.scalar(-1), g.scalar(1)]);
  const picture = g.multiply(g.add(clamped, g.scalar(1)), g.scalar(0.5));
  g.output('image', 'float32', [3, rows * scaleFactor, columns * scaleFactor], picture);
  return g.finish();
}
