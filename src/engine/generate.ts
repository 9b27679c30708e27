// The whole recipe, from a prompt to ranked pictures.
import { cosine } from '../diffusion/rank.ts';
import { createSchedule } from '../diffusion/schedule.ts';
import { planJumps } from '../diffusion/timesteps.ts';
import type { Frame, RunEvent } from '../events.ts';
import { readLength } from '../tokenizer/readLength.ts';
import type { GenerateSettings } from '../types.ts';
import type { Engine } from './engine.ts';
import { previewPacer } from './previewPacer.ts';
import { toRgba } from './rgba.ts';
import { checkSettings } from './settings.ts';

/**
 * Yields every step, previews now and then, and each finished picture. An abort takes effect within one step and ends
 * the run by throwing the signal's reason; what was yielded before stays good.
 * @throws {UserError} `settings` when a setting is out of range
 */
export async function* generate(
  engine: Engine,
  settings: GenerateSettings,
  signal: AbortSignal,
): AsyncGenerator<RunEvent, void> {
  const { manifest } = engine;
  checkSettings(settings, manifest);
  const { guidance, truncation } = settings;
  const schedule = createSchedule(manifest.timesteps, manifest.codebookSize, manifest.schedule);
  const jumps = planJumps(settings.sampler, manifest.timesteps, settings.steps);

  const { promptPrefix } = manifest.defaults;
  const { ids, tokenCount, truncated } = engine.tokenize(promptPrefix + settings.prompt);
  const read = readLength(engine.tokenize, promptPrefix, settings.prompt);
  yield { type: 'encoded', tokenCount, tokenLimit: manifest.clip.contextLength, truncated, read };
  const condition = await engine.encodeText(ids);

  for (const { first, count } of batches(engine, settings.candidates)) {
    const seeds = Array.from({ length: count }, (_, i) => (settings.seed + first + i) >>> 0);
    const conditions = seeds.map(() => condition);
    const chain = await engine.startChain({ schedule, jumps, guidance, truncation, conditions, seeds });
    const pacer = previewPacer();
    try {
      for await (const { step, timestep, tokens } of chain.steps()) {
        yield { type: 'step', progress: { step, steps: jumps.length, timestep, first, count, tokens } };
        await messages(signal);
        if (step < jumps.length && pacer.due()) {
          const frames: Frame[] = [];
          const begun = chain.idle();
          for (const i of seeds.keys()) {
            frames.push(await chain.preview(i));
            await messages(signal);
          }
          pacer.asked(begun, chain.idle());
          yield { type: 'preview', first, frames };
        }
      }
      for (const [i, seed] of seeds.entries()) {
        const pixels = await chain.picture(i);
        const score = cosine(await engine.encodeImage(pixels), condition);
        yield { type: 'image', candidate: first + i, seed, image: toRgba(pixels, manifest.image), score };
        await messages(signal);
      }
    } finally {
      chain.dispose();
    }
  }
}

/** As many candidates at once as the device takes. */
function* batches({ device }: Engine, candidates: number): Generator<{ first: number; count: number }> {
  for (let first = 0; first < candidates; first += device.batch) {
    yield { first, count: Math.min(device.batch, candidates - first) };
  }
}

/** Lets waiting messages in, a cancel among them: awaiting the runtime alone never does. */
async function messages(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
  signal.throwIfAborted();
}
