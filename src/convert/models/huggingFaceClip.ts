// Hugging Face's CLIP (openai/clip-vit-base-patch32 and the like) is OpenAI's under other names: query, key and value
// apart, and projections as Linears, that is transposed.
import { bytesPerElement, tensorOfBytes } from '../elements.ts';
import type { CheckpointTensor, CheckpointTensors } from '../tensors.ts';
import { hasPrefix } from './sizes.ts';

/** Names outside the blocks that only change. */
const renamed: readonly (readonly [from: RegExp, to: string])[] = [
  [/^text_model\.embeddings\.token_embedding\.weight$/, 'token_embedding.weight'],
  [/^text_model\.embeddings\.position_embedding\.weight$/, 'positional_embedding'],
  [/^text_model\.final_layer_norm\./, 'ln_final.'],
  [/^vision_model\.embeddings\.class_embedding$/, 'visual.class_embedding'],
  [/^vision_model\.embeddings\.patch_embedding\.weight$/, 'visual.conv1.weight'],
  [/^vision_model\.embeddings\.position_embedding\.weight$/, 'visual.positional_embedding'],
  // Their spelling.
  [/^vision_model\.pre_layrnorm\./, 'visual.ln_pre.'],
  [/^vision_model\.post_layernorm\./, 'visual.ln_post.'],
];
const inBlock: readonly (readonly [from: string, to: string])[] = [
  ['self_attn.out_proj.', 'attn.out_proj.'],
  ['layer_norm1.', 'ln_1.'],
  ['layer_norm2.', 'ln_2.'],
  ['mlp.fc1.', 'mlp.c_fc.'],
  ['mlp.fc2.', 'mlp.c_proj.'],
];
const projections: ReadonlyMap<string, string> = new Map([
  ['text_projection.weight', 'text_projection'],
  ['visual_projection.weight', 'visual.proj'],
]);
/** 0, 1, 2 ...: older files hold them. */
const counting = /^(text|vision)_model\.embeddings\.position_ids$/;
const block = /^(text|vision)_model\.encoder\.layers\.(\d+)\.(.*)$/;

/**
 * CLIP under OpenAI's names, whichever it has. What has no place among them keeps its name, for the check of all tensors
 * to say so.
 */
export function openAiClip(tensors: CheckpointTensors): CheckpointTensors {
  if (!hasPrefix(tensors, 'text_model.') && !hasPrefix(tensors, 'vision_model.')) return tensors;
  const named = new Map<string, CheckpointTensor>();
  for (const [key, tensor] of tensors) {
    if (counting.test(key)) continue;
    const projection = projections.get(key);
    const joint = queryKeyValue(tensors, key);
    if (projection !== undefined && tensor.shape.length === 2) named.set(projection, transposed(tensor));
    else if (joint) named.set(joint.key, joint.tensor);
    else named.set(openAiName(key), tensor);
  }
  return named;
}

function openAiName(key: string): string {
  const [, tower, number, rest] = block.exec(key) ?? [];
  if (tower === undefined) {
    const found = renamed.find(([from]) => from.test(key));
    return found ? key.replace(...found) : key;
  }
  const found = inBlock.find(([from]) => rest.startsWith(from));
  return found ? `${blockName(tower, number)}.${found[1]}${rest.slice(found[0].length)}` : key;
}

const blockName = (tower: string, number: string) =>
  `${tower === 'vision' ? 'visual.' : ''}transformer.resblocks.${number}`;

/** For each of q_proj, k_proj and v_proj the same in_proj; undefined where the three do not go together. */
function queryKeyValue(tensors: CheckpointTensors, key: string) {
  const [, tower, number, rest] = block.exec(key) ?? [];
  const field = /^self_attn\.[qkv]_proj\.(weight|bias)$/.exec(rest ?? '')?.[1];
  if (field === undefined) return undefined;
  const prefix = key.slice(0, key.length - rest.length);
  const parts = ['q', 'k', 'v'].flatMap((part) => {
    const found = tensors.get(`${prefix}self_attn.${part}_proj.${field}`);
    return found && found.dtype === tensors.get(key)!.dtype && sameShape(found, tensors.get(key)!)
      ? [found]
      : [];
  });
  if (parts.length !== 3) return undefined;
  return { key: `${blockName(tower, number)}.attn.in_proj_${field}`, tensor: concatenated(parts) };
}

const sameShape = (a: CheckpointTensor, b: CheckpointTensor) => String(a.shape) === String(b.shape);

/** Tensors of one dtype and shape, one after the other along the first axis. */
function concatenated(parts: readonly CheckpointTensor[]): CheckpointTensor {
  const [{ dtype, shape }] = parts;
  return tensorOfBytes(dtype, [parts.length * shape[0], ...shape.slice(1)], async () => {
    const pieces = await Promise.all(parts.map((part) => part.bytes()));
    const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      joined.set(piece, at);
      at += piece.length;
    }
    return joined;
  });
}

/** [rows, columns] -> [columns, rows] */
function transposed(tensor: CheckpointTensor): CheckpointTensor {
  const [rows, columns] = tensor.shape;
  const size = bytesPerElement(tensor.dtype);
  return tensorOfBytes(tensor.dtype, [columns, rows], async () => {
    const from = await tensor.bytes();
    const to = new Uint8Array(from.length);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const begin = (row * columns + column) * size;
        to.set(from.subarray(begin, begin + size), (column * rows + row) * size);
      }
    }
    return to;
  });
}
