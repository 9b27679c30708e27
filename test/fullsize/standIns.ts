// The three files of a full-size checkpoint: the released shapes and types, seeded weights, the authors' schedule.
import { readFileSync } from 'node:fs';
import { float32ToFloat16 } from '../../src/convert/float16.ts';
import type { ModelKind } from '../../src/convert/models/sizes.ts';
import { readGolden } from '../support/safetensors.ts';
import { type NamedTensor, writeCheckpoint } from '../support/writeCheckpoint.ts';
import { type Kind, seededParameter } from './seededWeights.ts';

const keyLists: Record<ModelKind, string> = {
  diffusion: 'ffhq_diffusion',
  vqgan: 'ffhq_gumbelvq',
  clip: 'clip_vit_b32',
};
/** OpenAI's usual value, the logarithm of 100. */
const LOGIT_SCALE = 4.6052;

interface ListedTensor {
  readonly key: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'float16';
  readonly isBuffer: boolean;
}

/** Writes the stand-in of one model, tensor by tensor; the VQGAN's as Lightning does. */
export async function writeStandIn(model: ModelKind, path: string): Promise<void> {
  await writeCheckpoint(path, standIn(model), model === 'vqgan' ? 'state_dict' : undefined);
}

function* standIn(model: ModelKind): Generator<NamedTensor> {
  const kinds: Record<ModelKind, Record<string, Kind>> = JSON.parse(goldenText('fullsize/kinds.json'));
  for (const { key, shape, dtype, isBuffer } of keyList(keyLists[model])) {
    const values = isBuffer
      ? bufferValues(key, shape)
      : key === 'logit_scale'
        ? Float32Array.of(LOGIT_SCALE)
        : seededParameter(`${model}/${key}`, shape, kinds[model][key]);
    const stored = dtype === 'float16' ? float32ToFloat16(values) : values;
    const data = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
    yield { name: key, dtype, shape, data };
  }
}

function keyList(name: string): ListedTensor[] {
  const rows = goldenText(`keys/${name}.tsv`).trim().split('\n').slice(1);
  return rows.map((row) => {
    const [key, shape, dtype, kind] = row.split('\t');
    if (dtype !== 'float32' && dtype !== 'float16') throw new Error(`${name}: ${key} is ${dtype}`);
    return { key, shape: JSON.parse(shape), dtype, isBuffer: kind === 'buffer' };
  });
}

/** The schedule's buffers as the authors' code registers them; statistics of training begin at 0. */
function bufferValues(key: string, shape: readonly number[]): Float32Array {
  if (key.startsWith('Lt_')) return new Float32Array(shape[0]);
  return Float32Array.from(readGolden('schedule/T100_K4096.safetensors').numbers(`buf.${key}`));
}

function goldenText(path: string): string {
  return readFileSync(new URL(`../golden/${path}`, import.meta.url), 'utf8');
}
