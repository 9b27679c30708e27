// pack.json, parsed once and whole; every later size comes from here. Anyone can write one and link to it, so nothing in it
// is believed: no list, text or number beyond its bounds passes, and no message grows with it.
import { UserError } from '../errors.ts';
import { quoted } from '../quote.ts';
import { fileEntries } from './packFiles.ts';
import {
  graphNames,
  PACK_FORMAT,
  PACK_VERSION,
  type PackFile,
  type PackManifest,
  packIdPattern,
} from './packTypes.ts';
import { check, floats, graphFiles, packFile, schedule, truncation, vocabulary } from './parts.ts';
import { Complaints, described, lines, oneLine, Reader, type TextForm } from './reader.ts';

export * from './packTypes.ts';

/** Most bytes of a pack.json: 60,000 words of a vocabulary and all else there may be. */
export const MOST_MANIFEST_BYTES = 4_000_000;
/** CLIP's tokenizer.json has 3.6 MB where it is indented. */
const MOST_TOKENIZER_BYTES = 16_000_000;
/** Of one candidate, 512 MB: 64 x 64 tokens of 32768 codes. */
const MOST_SCORES = 1 << 27;

const text = (most: number, pattern = lines): TextForm => ({
  most,
  pattern,
  words: `a text of at most ${most} characters${pattern === oneLine ? ' on one line' : ''}`,
});
const written = (most: number, pattern = lines): TextForm => ({
  ...text(most, pattern),
  written: true,
});
const id: TextForm = {
  most: 64,
  pattern: packIdPattern,
  words: 'at most 64 letters, digits, dots and dashes',
};

/**
 * Checks what pack.json holds, whole, before anything uses it.
 * @throws {UserError} `pack-invalid`, listing the first of what is wrong.
 */
export function parseManifest(value: unknown): PackManifest {
  const complaints = new Complaints();
  const reader = new Reader(value, '', complaints);
  checkFormat(reader);
  const image = reader.field('image');
  const grid = reader.field('grid');
  const clip = reader.field('clip');
  const defaults = reader.field('defaults');
  const timesteps = reader.field('timesteps').integer(1, 100_000);
  const codebookSize = reader.field('codebookSize').integer(2, 1 << 20);
  const conditionSize = reader.field('conditionSize').integer(1, 1 << 16);
  const graphs = reader.field('graphs');
  const manifest: PackManifest = {
    format: PACK_FORMAT,
    version: PACK_VERSION,
    id: reader.field('id').text(id),
    name: reader.field('name').text(written(100, oneLine)),
    description: reader.field('description').text(text(4000)),
    license: reader.field('license').text(written(4000)),
    provenance: reader.field('provenance').texts(0, 100, text(4000)),
    image: {
      width: image.field('width').integer(1, 4096),
      height: image.field('height').integer(1, 4096),
    },
    grid: {
      rows: grid.field('rows').integer(1, 1024),
      columns: grid.field('columns').integer(1, 1024),
    },
    codebookSize,
    timesteps,
    schedule: schedule(reader.field('schedule')),
    conditionSize,
    layers: reader.field('layers').integer(1, 1 << 10),
    clip: {
      contextLength: clip.field('contextLength').integer(2, 1 << 12),
      vocabularySize: clip.field('vocabularySize').integer(3, 1 << 24),
      imageSize: clip.field('imageSize').integer(1, 4096),
    },
    emptyTextEmbedding: floats(reader.field('emptyTextEmbedding'), conditionSize),
    defaults: {
      steps: defaults.field('steps').integer(1, timesteps),
      guidance: defaults.field('guidance').number(0, 100),
      truncation: truncation(defaults.field('truncation'), codebookSize),
      ...(defaults.has('redraw') && { redraw: defaults.field('redraw').number(0, 1) }),
      candidates: defaults.field('candidates').integer(1, 64),
      promptPrefix: defaults.field('promptPrefix').text(text(500, oneLine)),
    },
    examples: reader.field('examples').texts(0, 100, text(500, oneLine)),
    ...(reader.has('vocabulary') && { vocabulary: vocabulary(reader.field('vocabulary')) }),
    ...(reader.has('matchScore') && { matchScore: reader.field('matchScore').number(-1, 1) }),
    ...(reader.has('check') && { check: check(reader.field('check'), timesteps) }),
    ...(reader.has('clipScale') && { clipScale: reader.field('clipScale').number(1, 1000) }),
    tokenizer: {
      model: packFile(reader.field('tokenizer').field('model'), MOST_TOKENIZER_BYTES),
      config: packFile(reader.field('tokenizer').field('config'), MOST_TOKENIZER_BYTES),
    },
    graphs: Object.fromEntries(
      graphNames
        .filter((name) => name !== 'encoder' || graphs.has(name))
        .map((name) => [name, graphFiles(graphs.field(name))]),
    ) as PackManifest['graphs'],
  };
  if (!complaints.some) {
    checkScores(manifest, grid);
    checkFilesAlike(manifest, graphs);
  }
  if (complaints.some) throw new UserError('pack-invalid', `pack.json is not usable: ${complaints}.`);
  return manifest;
}

function checkScores({ grid, codebookSize }: PackManifest, reader: Reader): void {
  const scores = grid.rows * grid.columns * codebookSize;
  if (scores > MOST_SCORES) {
    reader.fault(
      `one of at most ${MOST_SCORES} scores, a code at a position each`,
      undefined,
      String(scores),
    );
  }
}

/** A file may serve two graphs, and is one file then, of one size. */
function checkFilesAlike(manifest: PackManifest, graphs: Reader): void {
  const seen = new Map<string, PackFile>();
  for (const entry of fileEntries(manifest)) {
    const { file, bytes, sha256 } = seen.get(entry.file) ?? entry;
    if (bytes !== entry.bytes || sha256 !== entry.sha256) {
      graphs.fault('of files that are listed alike wherever they serve', undefined, `${quoted(file)} as two`);
    }
    seen.set(entry.file, entry);
  }
}

function checkFormat(reader: Reader): void {
  if (reader.field('format').value !== PACK_FORMAT) {
    throw new UserError(
      'pack-invalid',
      `This is not a model pack: pack.json lacks "format": "${PACK_FORMAT}".`,
    );
  }
  const version = reader.field('version').value;
  if (version === PACK_VERSION) return;
  throw new UserError(
    'pack-invalid',
    typeof version === 'number' && version > PACK_VERSION
      ? `This pack has format version ${version}, and this page reads version ${PACK_VERSION}: use a newer page.`
      : `This pack has format version ${described(version)}, and this page reads version ${PACK_VERSION}.`,
  );
}
