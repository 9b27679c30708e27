// pack.json: everything the converter tells the engine about a model. Parsed once; every later size comes from here.
import { UserError } from '../errors.ts';
import type { Truncation, WeightType } from '../types.ts';

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
  /** Hugging Face form. */
  readonly tokenizer: { readonly model: PackFile; readonly config: PackFile };
  /** At least one weight type a graph. */
  readonly graphs: Readonly<Record<GraphName, GraphFiles>>;
}

/**
 * Checks what pack.json holds, whole, before anything uses it.
 * @throws {UserError} `pack-invalid`, listing everything that is wrong.
 */
export function parseManifest(value: unknown): PackManifest {
  const problems: string[] = [];
  const reader = new Reader(value, '', problems);
  if (reader.field('format').value !== PACK_FORMAT) {
    throw new UserError(
      'pack-invalid',
      `This is not a model pack: pack.json lacks "format": "${PACK_FORMAT}".`,
    );
  }
  const version = reader.field('version').value;
  if (version !== PACK_VERSION) {
    throw new UserError(
      'pack-invalid',
      typeof version === 'number' && version > PACK_VERSION
        ? `This pack has format version ${version}, and this page reads version ${PACK_VERSION}: use a newer page.`
        : `This pack has format version ${JSON.stringify(version)}, and this page reads version ${PACK_VERSION}.`,
    );
  }
  const image = reader.field('image');
  const grid = reader.field('grid');
  const schedule = reader.field('schedule');
  const clip = reader.field('clip');
  const defaults = reader.field('defaults');
  const timesteps = reader.field('timesteps').integer(1, 100_000);
  const codebookSize = reader.field('codebookSize').integer(2, 1 << 20);
  const conditionSize = reader.field('conditionSize').integer(1, 1 << 16);
  const graphs = reader.field('graphs');
  const manifest: PackManifest = {
    format: PACK_FORMAT,
    version: PACK_VERSION,
    id: reader.field('id').string(packIdPattern),
    name: reader.field('name').string(/\S/),
    description: reader.field('description').string(),
    license: reader.field('license').string(/\S/),
    provenance: reader.field('provenance').strings(),
    image: {
      width: image.field('width').integer(1, 1 << 14),
      height: image.field('height').integer(1, 1 << 14),
    },
    grid: {
      rows: grid.field('rows').integer(1, 1 << 10),
      columns: grid.field('columns').integer(1, 1 << 10),
    },
    codebookSize,
    timesteps,
    schedule: {
      type: schedule.field('type').oneOf(['alpha1']),
      alphaBar: schedule.field('alphaBar').probabilityPair(),
      gammaBar: schedule.field('gammaBar').probabilityPair(),
    },
    conditionSize,
    layers: reader.field('layers').integer(1, 1 << 10),
    clip: {
      contextLength: clip.field('contextLength').integer(2, 1 << 16),
      vocabularySize: clip.field('vocabularySize').integer(3, 1 << 24),
      imageSize: clip.field('imageSize').integer(1, 1 << 14),
    },
    emptyTextEmbedding: reader.field('emptyTextEmbedding').base64Floats(conditionSize),
    defaults: {
      steps: defaults.field('steps').integer(1, timesteps),
      guidance: defaults.field('guidance').number(0, 100),
      truncation: defaults.field('truncation').truncation(codebookSize),
      candidates: defaults.field('candidates').integer(1, 64),
      promptPrefix: defaults.field('promptPrefix').string(),
    },
    examples: reader.field('examples').strings(),
    ...(reader.has('vocabulary') && { vocabulary: reader.field('vocabulary').vocabulary() }),
    ...(reader.has('matchScore') && { matchScore: reader.field('matchScore').number(-1, 1) }),
    tokenizer: {
      model: reader.field('tokenizer').field('model').packFile(),
      config: reader.field('tokenizer').field('config').packFile(),
    },
    graphs: Object.fromEntries(
      graphNames.map((name) => [name, graphs.field(name).weightTypes()]),
    ) as PackManifest['graphs'],
  };
  if (problems.length) {
    throw new UserError('pack-invalid', `pack.json is not usable: ${problems.join('; ')}.`);
  }
  return manifest;
}

const oneWord = /^[^\p{Lu}\p{Lt}\p{White_Space}\p{C}]{1,40}$/u;
const phrase = /^(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]{1,80}$/u;

/** Reads one value of the JSON tree, noting what is wrong with its path instead of stopping at the first fault. */
class Reader {
  constructor(
    readonly value: unknown,
    private readonly path: string,
    private readonly problems: string[],
  ) {}

  field(name: string): Reader {
    const { value } = this;
    const inside =
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : undefined;
    return new Reader(inside, this.path ? `${this.path}.${name}` : name, this.problems);
  }

  has(name: string): boolean {
    return this.field(name).value !== undefined;
  }

  private fault<T>(expected: string, stand: T): T {
    const found = this.value === undefined ? 'missing' : JSON.stringify(this.value).slice(0, 60);
    this.problems.push(`${this.path || 'pack.json'} should be ${expected}, found ${found}`);
    return stand;
  }

  string(pattern?: RegExp): string {
    if (typeof this.value !== 'string') return this.fault('a text', '');
    if (pattern && !pattern.test(this.value)) return this.fault(`a text like ${pattern}`, '');
    return this.value;
  }

  strings(): string[] {
    const { value } = this;
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
      return this.fault('a list of texts', []);
    }
    return value;
  }

  number(low: number, high: number): number {
    const { value } = this;
    if (typeof value !== 'number' || !(value >= low && value <= high)) {
      return this.fault(`a number from ${low} to ${high}`, low);
    }
    return value;
  }

  integer(low: number, high: number): number {
    if (!Number.isInteger(this.value)) return this.fault(`a whole number from ${low} to ${high}`, low);
    return this.number(low, high);
  }

  oneOf<const T extends string>(values: readonly T[]): T {
    const found = values.find((item) => item === this.value);
    return found ?? this.fault(`one of ${values.join(', ')}`, values[0] as T);
  }

  probabilityPair(): [number, number] {
    const { value } = this;
    if (
      !Array.isArray(value) ||
      value.length !== 2 ||
      !value.every((item) => typeof item === 'number' && item > 0 && item < 1)
    ) {
      return this.fault('two numbers between 0 and 1', [0.5, 0.5]);
    }
    return [value[0], value[1]];
  }

  truncation(codebookSize: number): Truncation {
    const kind = this.field('kind').oneOf(['none', 'topR', 'topK']);
    switch (kind) {
      case 'none':
        return { kind };
      case 'topR':
        return { kind, r: this.field('r').number(0, 1) };
      case 'topK':
        return { kind, k: this.field('k').integer(1, codebookSize) };
      default:
        return kind satisfies never;
    }
  }

  base64Floats(length: number): string {
    const text = this.string();
    // base64 of 4 * length bytes: padded to groups of four characters.
    const expected = Math.ceil((4 * length) / 3) * 4;
    if (text.length !== expected || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
      return this.fault(`${length} base64 float32 values`, '');
    }
    return text;
  }

  vocabulary(): PackVocabulary {
    const words = this.field('words').texts(1, 60_000, oneWord, 'a word of 1 to 40 letters in lower case');
    if (!this.has('groups')) return { words };
    const groups = this.field('groups')
      .items(60)
      .map((group) => ({
        name: group.field('name').string(phrase),
        phrases: group.field('phrases').texts(1, 200, phrase, 'a text of 1 to 80 characters'),
      }));
    return { words, groups };
  }

  /** A list whose every text is of a form. @param form in words */
  private texts(fewest: number, most: number, pattern: RegExp, form: string): string[] {
    const items = this.items(most);
    if (items.length < fewest) return this.fault(`a list of ${fewest} to ${most} texts`, []);
    const wrong = items.find(({ value }) => typeof value !== 'string' || !pattern.test(value));
    return wrong ? wrong.fault(form, []) : items.map(({ value }) => value as string);
  }

  packFile(): PackFile {
    const file = this.field('file').string(/^[\w][\w.-]*(\/[\w][\w.-]*)*$/);
    return {
      file,
      bytes: this.field('bytes').integer(1, 2 ** 40),
      sha256: this.field('sha256').string(/^[0-9a-f]{64}$/),
    };
  }

  graphFile(): GraphFile {
    const model = this.packFile();
    const data = this.field('data');
    return data.value === undefined ? model : { ...model, data: data.items().map((item) => item.packFile()) };
  }

  /** The items of a list. */
  private items(most = Number.POSITIVE_INFINITY): Reader[] {
    const { value } = this;
    if (!Array.isArray(value)) return this.fault('a list', []);
    if (value.length > most) return this.fault(`a list of at most ${most}`, []);
    return value.map((_, index) => this.field(String(index)));
  }

  weightTypes(): Partial<Record<WeightType, GraphFile>> {
    const types: Partial<Record<WeightType, GraphFile>> = {};
    for (const type of weightTypes) {
      const entry = this.field(type);
      if (entry.value !== undefined) types[type] = entry.graphFile();
    }
    if (!Object.keys(types).length) this.fault(`at least one of ${weightTypes.join(', ')}`, undefined);
    return types;
  }
}
