// What tensor shapes cannot tell: the denoiser's heads, the groups of the VQGAN's norms, and variants whose tensors look the same.
import { UserError } from '../../errors.ts';
import { AUTHORS_NORM_GROUPS } from './vqgan.ts';

/** Size of the authors' heads. */
const HEAD_SIZE = 32;

/** Settings of the authors' yaml that change the arithmetic, with the value that our graphs compute. */
const supported: Readonly<Record<string, RegExp>> = {
  class_type: /^adalayerclip$/,
  attn_type: /^selfcondition$/,
  block_activate: /^GELU2$/,
  timestep_type: /^adalayernorm$/,
  pos_emb_type: /^embedding$/,
  alpha_init_type: /^alpha1$/,
};

/** As many heads as make heads of the authors' size; null when the width is no multiple of it. */
export function authorsHeads(width: number): number | null {
  return width % HEAD_SIZE === 0 ? width / HEAD_SIZE : null;
}

/** @throws {UserError} naming the settings that make this another model than the one we build. */
export function checkConfig(yaml: string): void {
  const wrong = Object.entries(supported).flatMap(([setting, pattern]) =>
    valuesOf(yaml, setting)
      .filter((value) => !pattern.test(value))
      .map((value) => `${setting}: ${value}`),
  );
  if (wrong.length) {
    throw new UserError(
      'checkpoint',
      `The configuration asks for a variant that is not supported (${wrong.join(', ')}); supported is class_type: adalayerclip with attn_type: selfcondition, block_activate: GELU2 and timestep_type: adalayernorm.`,
    );
  }
}

/**
 * The number of attention heads: as given, else `n_head` of the configuration, else as many as make heads of 32.
 * @throws {UserError} when none of these says, or the width cannot be divided so.
 */
export function denoiserHeads(width: number, given: number | null, yaml: string | null): number {
  const configured = yaml === null ? [] : [...new Set(valuesOf(yaml, 'n_head').map(Number))];
  if (given === null && configured.length > 1) {
    throw new UserError(
      'checkpoint',
      `The configuration says n_head more than once (${configured.join(', ')}): choose one with --heads.`,
    );
  }
  const heads = given ?? configured[0] ?? authorsHeads(width);
  if (heads === null) {
    throw new UserError(
      'checkpoint',
      `The denoiser's width ${width} is no multiple of ${HEAD_SIZE}, so its number of heads cannot be guessed: pass --heads, or --config with the yaml that has n_head.`,
    );
  }
  if (!Number.isInteger(heads) || heads < 1 || width % heads !== 0) {
    throw new UserError('checkpoint', `The denoiser's width ${width} cannot be divided into ${heads} heads.`);
  }
  return heads;
}

/**
 * Groups of the VQGAN's norms: as given, else `norm_groups` of the configuration, else the authors' 32.
 * @throws {UserError} for anything but a whole number from 1
 */
export function vqganNormGroups(given: number | null, yaml: string | null): number {
  const configured = yaml === null ? undefined : valuesOf(yaml, 'norm_groups').map(Number)[0];
  const groups = given ?? configured ?? AUTHORS_NORM_GROUPS;
  if (!Number.isInteger(groups) || groups < 1) {
    throw new UserError(
      'checkpoint',
      `The VQGAN's norms cannot have ${groups} groups: it takes a whole number from 1.`,
    );
  }
  return groups;
}

/** Values of `setting: value` lines, at any depth. A yaml parser would be much code for a handful of words. */
function valuesOf(yaml: string, setting: string): string[] {
  const line = new RegExp(`^[ \\t-]*${setting}:[ \\t]*['"]?([^\\s'"#]+)`, 'gm');
  return [...yaml.matchAll(line)].map((match) => match[1]);
}
