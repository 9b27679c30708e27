import type { DeviceChoice, DeviceReport } from '../types.ts';
import type { BatchChoice } from './batchSize.ts';
import { obstacles } from './obstacles.ts';
import type { HalfPrecision } from './runtime.ts';

const stored = {
  fp32: 'full precision, 32 bit',
  fp16: 'half precision, 16 bit',
  int8: '8 bit',
  q4: '4 bit',
} as const;

/** What was chosen for the device at hand, and why, for "About this device". */
export function explain(
  { provider, reason, adapter, threads, weightType, arithmetic }: Omit<DeviceReport, 'batch' | 'choices'>,
  batch: BatchChoice,
  {
    samplesOnGpu,
    half,
    lacksHalf,
  }: { readonly samplesOnGpu: boolean; readonly half: HalfPrecision; readonly lacksHalf: boolean },
): DeviceChoice[] {
  const onGpu = provider === 'webgpu';
  return [
    { what: 'Runs on', chosen: onGpu ? `WebGPU, ${adapter ?? 'unnamed GPU'}` : 'WASM', why: reason },
    ...(onGpu
      ? []
      : [
          {
            what: 'Threads',
            chosen: String(threads),
            why:
              threads === 1
                ? 'more need an isolated page: two headers on every file, from the server or a service worker'
                : 'half of the logical cores, 2 to 8',
          },
        ]),
    { what: 'Weights', chosen: stored[weightType], why: 'the smallest form that this model offers' },
    arithmetic === 'half'
      ? {
          what: 'Arithmetic',
          chosen: 'half precision, 16 bit, in the denoiser',
          why:
            half === 'always'
              ? 'you chose it; a seed gives other pictures than in single precision'
              : 'the GPU has it and the model is large; a seed gives other pictures than in single precision',
        }
      : {
          what: 'Arithmetic',
          chosen: 'single precision, 32 bit',
          why: lacksHalf ? obstacles.noHalf : 'a seed gives the same picture on every device',
        },
    samplesOnGpu
      ? {
          what: 'Sampler',
          chosen: 'on the GPU',
          why: 'the logits stay there, and only the tokens come back',
        }
      : {
          what: 'Sampler',
          chosen: 'TypeScript, 64 bit',
          why: onGpu ? 'the codebook is too large for the shader' : 'the logits are in memory already',
        },
    candidatesInWords(batch),
  ];
}

function candidatesInWords({ candidates, why }: BatchChoice): DeviceChoice {
  return { what: 'At once', chosen: candidates === 1 ? 'one picture' : `up to ${candidates} pictures`, why };
}
