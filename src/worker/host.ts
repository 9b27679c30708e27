// The worker: messages in, engine at work, messages out.
import '../trustedScripts.ts';
import { type DeliveredPack, deliveredPack } from '../delivery/deliveredPack.ts';
import { openStore } from '../delivery/openStore.ts';
import { type Engine, openEngine } from '../engine/engine.ts';
import { generate } from '../engine/generate.ts';
import { createLooker, type Looker } from '../engine/look.ts';
import { packFrom } from '../engine/packReader.ts';
import { toRgba } from '../engine/rgba.ts';
import { openRuntime } from '../engine/runtime.ts';
import { UserError } from '../errors.ts';
import { late } from '../late.ts';
import { ownPack, ownPackId } from '../library/packFolder.ts';
import type { Begun } from '../recipe/begun.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Event, Request } from './protocol.ts';
import { showLife } from './signs.ts';

declare const self: DedicatedWorkerGlobalScope;

let engine: Engine | null = null;
/** Of that engine; made when it is first asked for. */
let looker: Looker | null = null;
/** What may still be stopped. */
const running = new Map<number, AbortController>();
/** Requests are served one after the other; a cancel jumps the queue. */
let queue: Promise<void> = Promise.resolve();

self.onmessage = ({ data: request }: MessageEvent<Request>) => {
  switch (request.type) {
    case 'open':
      queue = queue.then(() => open(request));
      return;
    case 'generate': {
      const { run, recipes, begun } = request;
      const controller = new AbortController();
      running.set(run, controller);
      queue = queue.then(() => work(run, recipes, begun, controller.signal));
      return;
    }
    case 'embed':
      queue = queue.then(() => embed(request));
      return;
    case 'encode':
      queue = queue.then(() => encode(request));
      return;
    case 'look':
      queue = queue.then(() => look(request));
      return;
    case 'draw':
      queue = queue.then(() => draw(request));
      return;
    case 'study': {
      const controller = new AbortController();
      running.set(request.run, controller);
      queue = queue.then(() => study(request, controller.signal));
      return;
    }
    case 'cancel':
      running.get(request.run)?.abort();
      return;
    case 'ping':
      post({ type: 'alive' });
      return;
    default:
      request satisfies never;
  }
};

showLife(post);

async function open({
  packUrl,
  provider,
  oneThread,
  most,
}: Extract<Request, { type: 'open' }>): Promise<void> {
  const ownId = ownPackId(packUrl);
  try {
    await engine?.dispose();
    engine = null;
    looker = null;
    const delivered = ownId === null ? await deliveredFrom(packUrl) : null;
    engine = await openEngine({
      source: delivered ?? packFrom(ownPack(ownId!), { stage: 'open' }),
      provider,
      openRuntime: (choice, { onBytes }) => openRuntime(choice, { oneThread, ...(onBytes && { onBytes }) }),
      onProgress: (progress) => post({ type: 'loading', progress }),
      ...(most && { most }),
    });
    void engine.lost.catch(failAll);
    const notKept = delivered?.notKept();
    const { manifest, device } = engine;
    post({ type: 'ready', manifest, device, ...(notKept && { notKept }) });
    const addresses = performance.getEntriesByType('resource').map(({ name }) => name);
    post({ type: 'fetched', addresses });
  } catch (error) {
    post({ type: 'failed', run: null, error: describe(error) });
  }
}

async function deliveredFrom(packUrl: string): Promise<DeliveredPack> {
  return deliveredPack(packUrl, { store: await openStore(), origin: self.location?.origin });
}

/** All runs that are on or wait: what they await of a lost GPU may never come. The page opens the model anew. */
function failAll(error: unknown): void {
  for (const run of running.keys()) post({ type: 'failed', run, error: describe(error) });
}

async function work(
  run: number,
  recipes: readonly Recipe[],
  begun: readonly (Begun | null)[] | undefined,
  signal: AbortSignal,
): Promise<void> {
  try {
    signal.throwIfAborted();
    if (!engine) throw new UserError('settings', 'No model is open yet: wait until it is loaded.');
    for await (const event of generate(engine, recipes, signal, begun)) post({ type: 'run', run, event });
    post({ type: 'finished', run, cancelled: false });
  } catch (error) {
    if (signal.aborted) post({ type: 'finished', run, cancelled: true });
    else post({ type: 'failed', run, error: describe(error) });
  } finally {
    running.delete(run);
  }
}

async function embed({ run, tokens }: Extract<Request, { type: 'embed' }>): Promise<void> {
  try {
    if (!engine) throw new UserError('settings', 'No model is open yet: wait until it is loaded.');
    post({ type: 'embedded', run, embedding: await engine.encodeImage(await engine.decode(tokens)) });
  } catch (error) {
    post({ type: 'failed', run, error: describe(error) });
  }
}

async function encode({ run, image }: Extract<Request, { type: 'encode' }>): Promise<void> {
  try {
    if (!engine) throw new UserError('settings', 'No model is open yet: wait until it is loaded.');
    const tokens = await engine.encodePicture(image);
    const seen = toRgba(await engine.decode(tokens), engine.manifest.image);
    post({ type: 'taken up', run, picture: { tokens, image: seen } });
  } catch (error) {
    post({ type: 'failed', run, error: describe(error) });
  }
}

async function draw({ run, tokens }: Extract<Request, { type: 'draw' }>): Promise<void> {
  try {
    if (!engine) throw new UserError('settings', 'No model is open yet: wait until it is loaded.');
    post({ type: 'drawn', run, image: toRgba(await engine.decode(tokens), engine.manifest.image) });
  } catch (error) {
    post({ type: 'failed', run, error: describe(error) });
  }
}

async function look({ run, step, draw, likeliest }: Extract<Request, { type: 'look' }>): Promise<void> {
  try {
    if (!engine) throw new UserError('settings', 'No model is open yet: wait until it is loaded.');
    looker ??= createLooker(engine);
    post({ type: 'looked', run, look: await looker(step, draw, likeliest) });
  } catch (error) {
    post({ type: 'failed', run, error: describe(error) });
  }
}

async function study(
  { run, question }: Extract<Request, { type: 'study' }>,
  signal: AbortSignal,
): Promise<void> {
  try {
    signal.throwIfAborted();
    if (!engine) throw new UserError('settings', 'No model is open yet: wait until it is loaded.');
    const { answerAbout } = await late(() => import('../engine/answerAbout.ts'));
    post({ type: 'studied', run, values: await answerAbout(engine, question, signal) });
  } catch (error) {
    // Who cancelled does not wait for a word.
    if (!signal.aborted) post({ type: 'failed', run, error: describe(error) });
  } finally {
    running.delete(run);
  }
}

function post(event: Event): void {
  self.postMessage(event);
}

function describe(error: unknown): Extract<Event, { type: 'failed' }>['error'] {
  if (error instanceof UserError) return { code: error.code, message: error.message };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}
