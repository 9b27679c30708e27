// Opens the three files of a checkpoint and makes sure that they are sound and belong together.
import { UserError } from '../../errors.ts';
import type { PackManifest, WeightType } from '../../pack/manifest.ts';
import type { CheckpointTensors } from '../tensors.ts';
import { elementCount } from '../weights.ts';
import { checkKind, checkTensors, checkValues } from './check.ts';
import { type ClipActivation, type ClipShape, clipShape, clipTensors } from './clip.ts';
import { clipActivation } from './clipActivation.ts';
import { checkConfig, denoiserHeads, vqganNormGroups } from './config.ts';
import { type DiffusionShape, diffusionShape, diffusionTensors } from './diffusion.ts';
import { checkSchedule } from './schedule.ts';
import type { Expected, ModelKind } from './sizes.ts';
import { type VqganShape, vqganShape, vqganTensors } from './vqgan.ts';

export type Checkpoints = Readonly<Record<ModelKind, CheckpointTensors>>;

export interface ModelOptions {
  readonly weightType: WeightType;
  /** Attention heads of the denoiser; null: from the configuration, else the authors' head size. */
  readonly heads: number | null;
  /** Groups of the VQGAN's norms; null: from the configuration, else the authors' 32. */
  readonly normGroups: number | null;
  /** Text of the authors' yaml for the diffusion model, where one is at hand. */
  readonly config: string | null;
  readonly schedule: PackManifest['schedule'];
  /** Null: what the file tells. */
  readonly clipActivation: ClipActivation | null;
}

export interface Models {
  readonly tensors: Checkpoints;
  readonly diffusion: DiffusionShape;
  readonly heads: number;
  readonly vqgan: VqganShape;
  readonly clip: ClipShape;
  /** The learned null condition, as stored. [D] */
  readonly emptyTextEmbedding: Float32Array;
  /** What CLIP multiplies cosines by; null where its file does not say, or says what no CLIP has. */
  readonly clipScale: number | null;
}

/**
 * Sizes of the three models, after every check of them.
 * @throws {UserError} with everything that is wrong with the first file that is not right.
 */
export async function checkModels(
  tensors: Checkpoints,
  { weightType, heads, normGroups, config, schedule, clipActivation: given }: ModelOptions,
  onChecking?: (kind: ModelKind) => void,
  signal?: AbortSignal,
): Promise<Models> {
  for (const kind of ['diffusion', 'vqgan', 'clip'] as const) checkKind(tensors[kind], kind);
  if (config !== null) checkConfig(config);

  const diffusion = diffusionShape(tensors.diffusion);
  const vqgan = vqganShape(tensors.vqgan, vqganNormGroups(normGroups, config));
  const clipSizes = clipShape(tensors.clip);
  const clip = { ...clipSizes, activation: await clipActivation(tensors.clip, clipSizes, given) };
  const expected: Record<ModelKind, Expected> = {
    diffusion: diffusionTensors(diffusion),
    vqgan: vqganTensors(vqgan),
    clip: clipTensors(clip),
  };
  for (const kind of ['diffusion', 'vqgan', 'clip'] as const) {
    checkTensors(tensors[kind], kind, expected[kind]);
  }
  checkTogether(diffusion, vqgan, clip);
  const headCount = denoiserHeads(diffusion.width, heads, config);
  await checkSchedule(tensors.diffusion, diffusion.timesteps, schedule);
  for (const kind of ['diffusion', 'vqgan', 'clip'] as const) {
    onChecking?.(kind);
    await checkValues(tensors[kind], kind, expected[kind], weightType !== 'fp32', signal);
  }
  const emptyTextEmbedding = await tensors.diffusion.get('empty_text_embed')!.float32();
  const clipScale = await scaleOf(tensors.clip);
  return { tensors, diffusion, heads: headCount, vqgan, clip, emptyTextEmbedding, clipScale };
}

/** Four digits of e^logit_scale: it is trained, and OpenAI ends at 100. */
async function scaleOf(clip: CheckpointTensors): Promise<number | null> {
  const logScale = clip.get('logit_scale');
  if (!logScale || elementCount(logScale.shape) !== 1) return null;
  const scale = Number(Math.exp((await logScale.float32())[0]).toPrecision(4));
  return scale >= 1 && scale <= 1000 ? scale : null;
}

function checkTogether(diffusion: DiffusionShape, vqgan: VqganShape, clip: ClipShape): void {
  if (diffusion.codebookSize !== vqgan.codebookSize) {
    throw new UserError(
      'checkpoint',
      `The diffusion model draws from ${diffusion.codebookSize} codes and the VQGAN has ${vqgan.codebookSize}: they do not belong together.`,
    );
  }
  if (diffusion.conditionSize !== clip.embedSize) {
    throw new UserError(
      'checkpoint',
      `The diffusion model takes conditions of length ${diffusion.conditionSize} and CLIP gives ${clip.embedSize}: they do not belong together.`,
    );
  }
}
