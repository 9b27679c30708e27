// What pack.json says: everything the converter tells the engine about a model.
import type { Arithmetic, Truncation, WeightType } from '../types.ts';

export type { WeightType };
export const weightTypes = ['fp32', 'fp16', 'int8', 'q4'] as const satisfies readonly WeightType[];

export const PACK_FORMAT = 'clip-vqdiffusion-pack';
export const PACK_VERSION = 1;

/** What a pack may be called in addresses and folders. */
export const packIdPattern = /^[a-z0-9][a-z0-9._-]*$/i;

export const graphNames = [
  'text_encoder',
  'conditioner',
  'denoiser',
  'decoder',
  'encoder',
  'image_encoder',
] as const;
export type GraphName = (typeof graphNames)[number];

/** A file of the pack, by its path relative to pack.json. */
export interface PackFile {
  readonly file: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** A graph; where it would be one huge file, its weights lie in data files beside it (ONNX external data). */
export interface GraphFile extends PackFile {
  readonly data?: readonly PackFile[];
}

/** What a prompt can say to the model. */
export interface PackVocabulary {
  /** Words that the text encoder was trained on: lower case, cut as `splitWords` cuts ("t-shirt" is "t" and "shirt"). */
  readonly words: readonly string[];
  /** Phrases by theme ("hair colour": "red hair", ...), for putting a prompt together. */
  readonly groups?: readonly PhraseGroup[];
}

export interface PhraseGroup {
  readonly name: string;
  readonly phrases: readonly string[];
}

/** One evaluation of the denoiser whose answer is known: what a device is held against before it is trusted. */
export interface PackCheck {
  /** Of the input, u32: tokens and condition are made of its hashes, as engine/stepCheck.ts says. */
  readonly seed: number;
  readonly timestep: number;
  /** The answer at places that the seed says: float32, little-endian, base64. [CHECKED_LOGITS] */
  readonly logits: string;
  /** Root mean square of all logits: the measure of differences. */
  readonly spread: number;
  /** The largest root mean square difference that is no fault, in parts of the spread, by what is computed in. */
  readonly tolerance: Readonly<Record<Arithmetic, number>>;
}

/** Logits that a check holds. */
export const CHECKED_LOGITS = 256;

/** A graph, by how its weights are stored. */
export type GraphFiles = Readonly<Partial<Record<WeightType, GraphFile>>>;

export interface PackManifest {
  readonly format: typeof PACK_FORMAT;
  readonly version: typeof PACK_VERSION;
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly license: string;
  /** Where the weights come from: data, recipe, seeds, metrics; one paragraph a line. */
  readonly provenance: readonly string[];
  /** Decoded pictures, in pixels. */
  readonly image: { readonly width: number; readonly height: number };
  /** Token grid, row-major; L = rows * columns. */
  readonly grid: { readonly rows: number; readonly columns: number };
  /** K; the MASK token is K. */
  readonly codebookSize: number;
  /** T. */
  readonly timesteps: number;
  /** Linear cumulative schedule: abar and gbar at the first and the last timestep (`alpha1` of the authors). */
  readonly schedule: {
    readonly type: 'alpha1';
    readonly alphaBar: readonly [first: number, last: number];
    readonly gammaBar: readonly [first: number, last: number];
  };
  /** D: length of a CLIP embedding. */
  readonly conditionSize: number;
  readonly layers: number;
  readonly clip: {
    readonly contextLength: number;
    readonly vocabularySize: number;
    /** Side of the picture the image encoder takes. */
    readonly imageSize: number;
  };
  /** The learned null condition, as stored (not normalised): float32, little-endian, base64. [conditionSize] */
  readonly emptyTextEmbedding: string;
  readonly defaults: {
    readonly steps: number;
    readonly guidance: number;
    readonly truncation: Truncation;
    /** The share of tokens that is drawn once more at the end, 0..1; missing for none. */
    readonly redraw?: number;
    readonly candidates: number;
    /** Put before every prompt; may be empty. */
    readonly promptPrefix: string;
  };
  /** Prompts to click. */
  readonly examples: readonly string[];
  /** Missing where the text encoder knows whatever people write. */
  readonly vocabulary?: PackVocabulary;
  /** Cosine of prompt and picture, -1..1, below which the best candidate is not called a match. */
  readonly matchScore?: number;
  /** Missing in packs of older converters, and where the model could not be run: they open unchecked. */
  readonly check?: PackCheck;
  /** What CLIP multiplies cosines by before its softmax, 1/temperature; OpenAI's 100 where it is left out. */
  readonly clipScale?: number;
  /** Hugging Face form. */
  readonly tokenizer: { readonly model: PackFile; readonly config: PackFile };
  /** At least one weight type a graph. A pack without its encoder makes pictures as well, and takes up none. */
  readonly graphs: Readonly<Record<Exclude<GraphName, 'encoder'>, GraphFiles>> & {
    readonly encoder?: GraphFiles;
  };
}
