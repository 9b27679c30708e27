// What the shader needs to know of a jump, made in float64: in float32, 1 - alpha - gamma would be nothing but rounding.
import { needsGuidance } from '../../diffusion/guidance.ts';
import { type PosteriorStep, ZERO } from '../../diffusion/posterior.ts';
import type { Truncation } from '../../types.ts';

/** Size of the shader's struct Jump. */
export const JUMP_BYTES = 96;

export interface JumpSettings {
  /** K, without MASK. */
  readonly codebookSize: number;
  /** What the noise is keyed by. */
  readonly chance: number;
  readonly guidance: number;
  readonly truncation: Truncation;
  readonly step: PosteriorStep;
}

/** The struct Jump of samplerShader.ts. */
export function jumpParameters(settings: JumpSettings): ArrayBuffer {
  const { codebookSize, chance, guidance, step } = settings;
  const guided = needsGuidance(guidance);
  const limit = limitOf(settings.truncation, codebookSize);
  const bytes = new ArrayBuffer(JUMP_BYTES);
  new Uint32Array(bytes, 0, 5).set([codebookSize, chance, guided ? 1 : 0, limit.kind, limit.value]);
  const scale = Math.fround(guidance);
  new Float32Array(bytes, 20, 2).set([scale, guidance - scale]);
  new Float32Array(bytes, 32).set([...weights(step, true), ...weights(step, false)]);
  return bytes;
}

/** 0: keep all; 1: up to a mass in units of 2^-31; 2: so many. */
function limitOf(truncation: Truncation, codebookSize: number): { kind: number; value: number } {
  const all = { kind: 0, value: 0 };
  switch (truncation.kind) {
    case 'none':
      return all;
    case 'topR':
      // At least 1: the best code stays at r = 0, too.
      return truncation.r < 1 ? { kind: 1, value: Math.max(1, Math.ceil(truncation.r * 2 ** 31)) } : all;
    case 'topK':
      return truncation.k < codebookSize ? { kind: 2, value: truncation.k } : all;
    default:
      return truncation satisfies never;
  }
}

/** The factors of posterior(), multiplied out. */
function weights({ throughT, throughS, jump }: PosteriorStep, masked: boolean): number[] {
  const ratioOther = 1 / (masked ? throughT.gamma : throughT.beta);
  const ratioSame = 1 / (throughT.alpha + throughT.beta);
  const toOther = masked ? jump.gamma : jump.beta;
  const toSame = jump.alpha + jump.beta;
  const toMask = masked ? 1 : ZERO;
  return [
    ratioOther,
    ratioSame,
    ratioOther * throughS.alpha * toOther,
    ratioSame * throughS.alpha * toSame,
    throughS.beta * toOther,
    throughS.beta * toSame,
    throughS.gamma * toMask,
    ZERO * (1 - throughS.gamma) * toMask,
  ];
}
