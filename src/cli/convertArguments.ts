// The command line of `npm run convert`.
import { type WeightChoice, weightChoices } from '../convert/chooseTensors.ts';
import { type ClipActivation, clipActivations } from '../convert/models/clip.ts';
import { authorsSchedule } from '../convert/models/schedule.ts';
import { UserError } from '../errors.ts';
import { type PackManifest, type WeightType, weightTypes } from '../pack/manifest.ts';
import type { Truncation } from '../types.ts';
import { bad, parsedNumber, rawValues } from './arguments.ts';

export interface ConvertArguments {
  readonly diffusion: string;
  readonly vqgan: string;
  readonly clip: string;
  readonly out: string;
  readonly id: string | null;
  readonly name: string;
  readonly license: string;
  readonly description: string;
  /** Path of a text file, one paragraph a line. */
  readonly provenance: string | null;
  /** Path of a text file, one prompt a line. */
  readonly examples: string | null;
  /** Path of a JSON file. */
  readonly vocabulary: string | null;
  readonly matchScore: number | null;
  readonly weightType: WeightType;
  readonly weights: WeightChoice;
  readonly heads: number | null;
  readonly normGroups: number | null;
  readonly clipActivation: ClipActivation | null;
  /** Path of the authors' yaml. */
  readonly config: string | null;
  readonly schedule: PackManifest['schedule'];
  readonly defaults: Partial<PackManifest['defaults']>;
}

export const usage = `Converts a CLIP-VQDiffusion checkpoint into a pack that the page can open.

  npm run convert -- --diffusion diffusion.pt --vqgan vqgan.ckpt --clip clip.pt \\
    --out public/models/<id> --name "..." --license "..."

needed
  --diffusion FILE      state_dict of the diffusion transformer
  --vqgan FILE          GumbelVQ of taming-transformers
  --clip FILE           OpenAI's CLIP with a vision transformer, or Hugging Face's model.safetensors of it
  --out FOLDER          where the pack goes; its last part is the pack's id unless --id is given
  --name TEXT           what the page calls it
  --license TEXT        licence of the weights

about the model
  --dtype TYPE          how weights are stored (fp16), whatever is computed in:
                        fp32, fp16, int8 (the VQGAN's stay in fp16),
                        or q4 (the denoiser in 4 bits, else as int8)
  --weights WHICH       averages over the training where a file has them beside its weights (default), or plain
  --config FILE         the authors' yaml: its n_head is used, its variant is checked
  --heads N             attention heads of the denoiser (n_head of --config, else width / 32)
  --norm-groups N       groups of the VQGAN's norms (norm_groups of --config, else 32)
  --clip-activation A   quick-gelu (OpenAI's) or gelu (LAION's, most of open_clip), where the file does not tell
  --alpha-bar A,B       first and last of the cumulative schedule (0.99999,0.000009)
  --gamma-bar A,B       the same for masking (0.000009,0.99999)

what pack.json says
  --id TEXT             letters, digits, dots, dashes
  --description TEXT
  --provenance FILE     text file, one paragraph a line
  --examples FILE       text file, one prompt a line
  --vocabulary FILE     JSON: { "words": [...], "groups": [{ "name": "...", "phrases": [...] }] },
                        the words that the text encoder was trained on and phrases of them by theme
  --match-score S       below which the best picture is not called a match (src/cli/matchScore.ts measures it)
  --prompt-prefix TEXT  put before every prompt, for instance "a photograph of "
  --steps N             steps to begin with (a quarter of the model's)
  --guidance S          (1.15)
  --truncation T        none, <r>r for the most probable share r, <k>p for the k most probable (0.85r)
  --redraw SHARE        of the tokens, the least likely, drawn once more at the end (0)
  --candidates N        (4)
`;

/** The arguments, checked; or the usage text, when that is what was asked for. @throws {UserError} */
export function parseConvertArguments(argv: readonly string[]): ConvertArguments | string {
  const values = rawValues(usage, argv);
  if (values.help !== undefined) return usage;
  const text = (flag: string) => values[flag] ?? null;
  const missing = ['diffusion', 'vqgan', 'clip', 'out', 'name', 'license'].filter(
    (flag) => !text(flag)?.trim(),
  );
  if (missing.length) {
    throw new UserError(
      'settings',
      `Please give ${missing.map((flag) => `--${flag}`).join(', ')}; --help explains them.`,
    );
  }
  const number = (flag: string) => {
    const given = text(flag);
    return given === null ? null : parsedNumber(flag, given);
  };
  const pair = (flag: string, fallback: readonly [number, number]) => {
    const given = text(flag);
    return given === null ? fallback : parsedPair(flag, given);
  };
  const dtype = text('dtype') ?? 'fp16';
  const weightType = weightTypes.find((type) => type === dtype);
  if (!weightType) throw bad('dtype', dtype, `one of ${weightTypes.join(', ')}`);
  const which = text('weights') ?? 'averages';
  const weights = weightChoices.find((choice) => choice === which);
  if (!weights) throw bad('weights', which, `one of ${weightChoices.join(', ')}`);
  const activation = text('clip-activation');
  const clipActivation = clipActivations.find((name) => name === activation) ?? null;
  if (activation !== null && !clipActivation) {
    throw bad('clip-activation', activation, `one of ${clipActivations.join(', ')}`);
  }
  const truncation = text('truncation');
  const defaults = {
    steps: number('steps'),
    guidance: number('guidance'),
    candidates: number('candidates'),
    truncation: truncation === null ? null : parsedTruncation(truncation),
    redraw: number('redraw'),
    promptPrefix: text('prompt-prefix'),
  };
  return {
    diffusion: text('diffusion')!,
    vqgan: text('vqgan')!,
    clip: text('clip')!,
    out: text('out')!,
    id: text('id'),
    name: text('name')!,
    license: text('license')!,
    description: text('description') ?? '',
    provenance: text('provenance'),
    examples: text('examples'),
    vocabulary: text('vocabulary'),
    matchScore: number('match-score'),
    weightType,
    weights,
    heads: number('heads'),
    normGroups: number('norm-groups'),
    clipActivation,
    config: text('config'),
    schedule: {
      type: 'alpha1',
      alphaBar: pair('alpha-bar', authorsSchedule.alphaBar),
      gammaBar: pair('gamma-bar', authorsSchedule.gammaBar),
    },
    defaults: Object.fromEntries(Object.entries(defaults).filter(([, value]) => value !== null)),
  };
}

function parsedPair(flag: string, given: string): [number, number] {
  const parts = given.split(',');
  if (parts.length !== 2) throw bad(flag, given, 'two numbers with a comma between them');
  return [parsedNumber(flag, parts[0]), parsedNumber(flag, parts[1])];
}

/** @throws {UserError} */
export function parsedTruncation(given: string): Truncation {
  if (given === 'none') return { kind: 'none' };
  const match = /^(\d*\.?\d+)(r|p)$/.exec(given);
  if (!match) throw bad('truncation', given, 'none, a share like 0.85r or a count like 100p');
  const value = Number(match[1]);
  return match[2] === 'r' ? { kind: 'topR', r: value } : { kind: 'topK', k: value };
}
