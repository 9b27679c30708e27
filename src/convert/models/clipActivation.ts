// Which activation a CLIP was trained with. No tensor says it, and a wrong one gives embeddings that are wrong a little:
// open_clip's ViT-B/32 (LAION) has the names and shapes of OpenAI's, in both forms, and GELU instead of QuickGELU.
//
// What tells OpenAI's weights: they were published in half precision, all but embeddings and norms. So they come with three
// numbers that OpenAI's loader keeps beside them, or with linear layers in float16 and norms in float32, or (Hugging Face's
// copy, and copies saved from a CPU) in float32 with values that float16 has. LAION's were trained in float32, and have not.
import { UserError } from '../../errors.ts';
import { float16ToFloat32, float32ToFloat16 } from '../float16.ts';
import type { CheckpointTensors } from '../tensors.ts';
import type { ClipActivation, ClipShape } from './clip.ts';

/** Of text towers. Nobody publishes smaller ones; those that a person trains follow OpenAI's code, as their names do. */
const SMALLEST_PUBLISHED_WIDTH = 512;

/**
 * @param tensors under OpenAI's names
 * @param given by the person, who knows; null asks the file
 * @throws {UserError} where the file does not tell
 */
export async function clipActivation(
  tensors: CheckpointTensors,
  shape: ClipShape,
  given: ClipActivation | null,
): Promise<ClipActivation> {
  const known = given ?? (await toldActivation(tensors, shape));
  if (known !== null) return known;
  throw new UserError(
    'checkpoint',
    'The file given as --clip has not the values of OpenAI’s CLIP, and nothing in it tells whether it computes with QuickGELU, as that does, or with GELU, as LAION’s: pass --clip-activation quick-gelu or gelu.',
  );
}

/** What the file tells: QuickGELU, or nothing. */
export async function toldActivation(
  tensors: CheckpointTensors,
  shape: ClipShape,
): Promise<'quick-gelu' | null> {
  if (shape.text.width < SMALLEST_PUBLISHED_WIDTH || (await isOpenAis(tensors))) return 'quick-gelu';
  return null;
}

async function isOpenAis(tensors: CheckpointTensors): Promise<boolean> {
  if (['input_resolution', 'context_length', 'vocab_size'].every((key) => tensors.has(key))) return true;
  for (const tower of ['transformer', 'visual.transformer']) {
    const bias = tensors.get(`${tower}.resblocks.0.mlp.c_fc.bias`);
    const norm = tensors.get(`${tower}.resblocks.0.ln_1.weight`);
    if (bias?.dtype === 'float16' && norm?.dtype === 'float32') continue;
    if (bias?.dtype !== 'float32' || !isHalf(await bias.float32())) return false;
  }
  return true;
}

/** Are all of these values of float16, and not only zeros? */
function isHalf(values: Float32Array): boolean {
  const halves = float16ToFloat32(float32ToFloat16(values));
  return values.some((value) => value !== 0) && values.every((value, i) => value === halves[i]);
}
