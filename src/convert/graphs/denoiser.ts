// tokens int32 [N, L], timestep int32 [N], modulation f32 [N, layers, 2 * width] -> logits f32 [N, L, K]
import type { WeightType } from '../../pack/manifest.ts';
import type { DiffusionShape } from '../models/diffusion.ts';
import type { Graph } from '../onnx.ts';
import { computed, filled, stacked, type Weight, type WeightFinder } from '../weights.ts';
import { type Builder, startGraph, type Value } from './builder.ts';
import { type Convolution, convMlp, convolutionFor } from './convMlp.ts';
import { type AttentionShape, attention, layerNorm, linear, quickGelu } from './layers.ts';
import { timeModulation } from './timeTable.ts';

/** Scale and shift of one adaptive LayerNorm, each [N, 1, width]; the scale has its 1 added already. */
interface Modulation {
  readonly scale: Value;
  readonly shift: Value;
}

/** The transformer over the token grid: `x += attn(ln1(x, t))`, then `x += mlp(ln2(x, c))`, block by block. */
export function denoiser(
  find: WeightFinder,
  shape: DiffusionShape,
  heads: number,
  weightType: WeightType,
  convolution: Convolution = convolutionFor(shape),
): Graph {
  const { layers, width, rows, columns, codebookSize } = shape;
  const positions = rows * columns;
  const g = startGraph('denoiser', weightType);
  const tokens = g.input('tokens', 'int32', [positions]);
  const timestep = g.input('timestep', 'int32', []);
  const condition = g.input('modulation', 'float32', [layers, 2 * width]);

  const times = stacked(blockNames(layers).map((block) => timeModulation(find, block)));
  const byTime = modulations(g, g.gather(g.table('time_table', timeFirst(times)), timestep), layers, width);
  const byCondition = modulations(g, condition, layers, width);
  const unit = g.exact('unit_scale', filled([width], 1));

  const attends = { positions, channels: width, heads };
  const normalised = (x: Value, { scale, shift }: Modulation) =>
    g.add(g.multiply(g.layerNorm(x, unit, null, 1e-5), scale), shift);

  let x = contentEmbedding(g, find, shape, tokens);
  for (const [layer, block] of blockNames(layers).entries()) {
    x = g.add(x, selfAttention(g, find, `${block}.attn`, attends, normalised(x, byTime[layer])));
    x = g.add(x, mlp(g, find, `${block}.mlp`, shape, convolution, normalised(x, byCondition[layer])));
  }
  const last = layerNorm(g, find, 'transformer.to_logits.0', x);
  g.output('logits', 'float32', [positions, codebookSize], linear(g, find, 'transformer.to_logits.1', last));
  return g.finish();
}

const blockNames = (layers: number) =>
  Array.from({ length: layers }, (_, layer) => `transformer.blocks.${layer}`);

/** The code's row of the table (the last one is MASK) plus its row's and its column's. [N, L, width] */
function contentEmbedding(g: Builder, find: WeightFinder, shape: DiffusionShape, tokens: Value): Value {
  const { rows, columns, width } = shape;
  const key = 'transformer.content_emb';
  const places = computed(
    [rows * columns, width],
    [find(`${key}.height_emb.weight`), find(`${key}.width_emb.weight`)],
    (height, across) =>
      Float32Array.from({ length: rows * columns * width }, (_, index) => {
        const channel = index % width;
        const position = (index - channel) / width;
        return (
          height[Math.floor(position / columns) * width + channel] +
          across[(position % columns) * width + channel]
        );
      }),
  );
  const codes = g.gather(g.table(`${key}.emb`, find(`${key}.emb.weight`)), tokens);
  return g.add(codes, g.table(`${key}.places`, places));
}

/** [N, layers, 2 * width] -> what each block's norm needs. */
function modulations(g: Builder, all: Value, layers: number, width: number): Modulation[] {
  const scaleAndShift = g.reshape(all, [0, 2 * layers, width]);
  // The scales are meant as 1 + scale: add 1 to all of them at once.
  const ones = computed([2 * layers, 1], [], () =>
    Float32Array.from({ length: 2 * layers }, (_, index) => (index % 2 === 0 ? 1 : 0)),
  );
  const ready = g.add(scaleAndShift, g.exact('scale_offset', ones));
  return Array.from({ length: layers }, (_, layer) => ({
    scale: g.slice(ready, 1, 2 * layer, 2 * layer + 1),
    shift: g.slice(ready, 1, 2 * layer + 1, 2 * layer + 2),
  }));
}

function selfAttention(g: Builder, find: WeightFinder, key: string, shape: AttentionShape, x: Value): Value {
  const part = (name: string) => linear(g, find, `${key}.${name}`, x);
  const seen = attention(g, [part('query'), part('key'), part('value')], shape);
  return linear(g, find, `${key}.proj`, seen);
}

function mlp(
  g: Builder,
  find: WeightFinder,
  key: string,
  shape: DiffusionShape,
  convolution: Convolution,
  x: Value,
): Value {
  switch (shape.mlp) {
    case 'fc':
      return linear(g, find, `${key}.2`, quickGelu(g, linear(g, find, `${key}.0`, x)));
    case 'conv':
      return convMlp(g, find, key, shape, convolution, x);
    default:
      return shape.mlp satisfies never;
  }
}

/** [layers, T, 2 * width] -> [T, layers, 2 * width] */
function timeFirst(tables: Weight): Weight {
  const [layers, timesteps, size] = tables.shape as [number, number, number];
  return computed([timesteps, layers, size], [tables], (from) => {
    const to = new Float32Array(from.length);
    for (let layer = 0; layer < layers; layer++) {
      for (let t = 0; t < timesteps; t++) {
        const begin = (layer * timesteps + t) * size;
        to.set(from.subarray(begin, begin + size), (t * layers + layer) * size);
      }
    }
    return to;
  });
}
