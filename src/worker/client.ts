// The page's end of the wire: promises, progress and cancelling over the plain messages of protocol.ts.
import { type ErrorCode, UserError } from '../errors.ts';
import type { PictureQuestion, RunEvent, StepLook } from '../events.ts';
import { loadFailure } from '../loadFailure.ts';
import type { PackManifest } from '../pack/manifest.ts';
import { chosenFile } from '../pack/packFiles.ts';
import type { Begun } from '../recipe/begun.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { TrailStep } from '../recipe/trail.ts';
import type {
  Condition,
  DeviceReport,
  ImageTokens,
  LoadProgress,
  ProviderChoice,
  RgbaImage,
} from '../types.ts';
import hostUrl from './host.ts?worker&url';
import { type Ending, type LiveWorker, watchWorker } from './liveWorker.ts';
import { openingPatience, runPatience } from './patience.ts';
import type { Event as EngineEvent, Request, TokenPicture } from './protocol.ts';
import type { Sign } from './signs.ts';
import { startWorker } from './startWorker.ts';

export interface OpenedPack {
  readonly manifest: PackManifest;
  readonly device: DeviceReport;
  /** Why the pack's files are not there for the next visit, in one sentence; none where they are. */
  readonly notKept?: string;
}

export interface EngineClient {
  /**
   * Opens a pack in a new worker. The one before it ends, and with it its memory: a WASM heap never shrinks. A worker that
   * does not come up, or not with its threads, is started once more, with one thread.
   * @param packUrl absolute address of the pack's folder, with its closing slash; or `own:<id>`
   * @param most candidates at once, where that is to be fewer than the device takes
   * @throws {UserError} what the worker found wrong; `AbortError` when a later open() took this one's place
   */
  open(
    packUrl: string,
    provider: ProviderChoice,
    onProgress: (progress: LoadProgress) => void,
    most?: number,
  ): Promise<OpenedPack>;
  /**
   * Makes the pictures of recipes; one run at a time.
   * @param signal stops the run within a step; it then ends with `cancelled`, which is no error
   * @param begun where each recipe goes on that an engine before it had begun
   * @throws {UserError} what the worker found wrong; `lost` when it ended or hangs, and the model is to be opened again
   */
  generate(
    recipes: readonly Recipe[],
    onEvent: (event: RunEvent) => void,
    signal: AbortSignal,
    begun?: readonly (Begun | null)[],
  ): Promise<{ readonly cancelled: boolean }>;
  /**
   * CLIP's embedding of a picture, as a condition; while a run is on, when it has ended.
   * @param tokens as many as the opened model has positions, all of them codes. [positions]
   * @throws {UserError} as of generate()
   */
  embed(tokens: ImageTokens): Promise<Condition>;
  /**
   * The tokens nearest to a picture, and what they show; while a run is on, when it has ended.
   * @param image of the opened model's size
   * @throws {UserError} as of generate(); `settings` where the model has no encoder
   */
  encode(image: RgbaImage): Promise<TokenPicture>;
  /**
   * A step of a picture again; while a run is on, when it has ended.
   * @param draw whether its picture is wanted as well
   * @param likeliest how many of the likeliest codes of each position are wanted as well
   * @throws {UserError} as of generate()
   */
  look(step: TrailStep, draw: boolean, likeliest?: number): Promise<StepLook>;
  /**
   * The picture of tokens; while a run is on, when it has ended.
   * @param tokens as of embed()
   * @throws {UserError} as of generate()
   */
  draw(tokens: ImageTokens): Promise<RgbaImage>;
  /**
   * What there is to say about a finished picture, as the question's kind has it; while a run is on, when it has ended.
   * @param signal ends it, with its reason
   * @throws {UserError} as of generate()
   */
  study(question: PictureQuestion, signal: AbortSignal): Promise<Float32Array>;
}

interface Opening {
  readonly packUrl: string;
  readonly provider: ProviderChoice;
  readonly onProgress: (progress: LoadProgress) => void;
  readonly most: number | undefined;
  readonly resolve: (pack: OpenedPack) => void;
  readonly reject: (reason: unknown) => void;
}

interface Running {
  readonly onEvent: (event: RunEvent) => void;
  readonly resolve: (end: { cancelled: boolean }) => void;
  readonly reject: (reason: unknown) => void;
}

/** Whoever waits can be told that it was for nothing. */
interface Waiting {
  readonly reject: (reason: unknown) => void;
}

/** A question with one answer. */
interface Asked<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
}

/** Starts the engine's worker; `again` when the first one did not come up. */
type StartHost = (again: boolean) => Worker;

/**
 * A client with no worker yet: the first open() starts one.
 * @param onFetched told of all that a worker fetched for opening a pack, by its address
 */
export function createEngineClient(
  onFetched: (addresses: readonly string[]) => void,
  startHost: StartHost = (again) => startWorker(hostUrl, again),
  whyUnstarted: () => Promise<UserError> = () => loadFailure(hostUrl),
): EngineClient {
  let worker: LiveWorker<Request> | null = null;
  let opening: Opening | null = null;
  let opened: OpenedPack | null = null;
  let nextRun = 0;
  const running = new Map<number, Running>();
  const embedding = new Map<number, Asked<Condition>>();
  const encoding = new Map<number, Asked<TokenPicture>>();
  const looking = new Map<number, Asked<StepLook>>();
  const drawing = new Map<number, Asked<RgbaImage>>();
  const studying = new Map<number, Asked<Float32Array>>();
  const questions = [embedding, encoding, looking, drawing, studying];

  /** Ends the worker; whoever still waits for it is told why. */
  function end(reason: unknown) {
    worker?.end();
    worker = null;
    opened = null;
    opening?.reject(reason);
    opening = null;
    for (const waiting of [running, ...questions]) {
      for (const each of waiting.values()) each.reject(reason);
      waiting.clear();
    }
  }

  function launch(request: Opening, again: boolean) {
    const retry = () => {
      worker?.end();
      launch(request, true);
    };
    worker = watchWorker<Request, Exclude<EngineEvent, Sign>>(startHost(again), {
      onEvent(event) {
        const threadsFailed = event.type === 'failed' && event.error.code === 'threads';
        if (threadsFailed && opening && !again) retry();
        else receive(event);
      },
      onEnding(ending) {
        worker = null;
        if (!opening) return end(lostRun(ending));
        // A browser that keeps the script without its headers refuses it, or later its threads.
        if (!again && (ending === 'unstarted' || ending === 'crashed')) return retry();
        if (ending !== 'unstarted') return end(lostOpening(ending));
        void whyUnstarted().then((reason) => {
          if (opening === request) end(reason);
        });
      },
    });
    const { packUrl, provider, most } = request;
    worker.post({ type: 'open', packUrl, provider, oneThread: again, ...(most && { most }) });
    worker.expectWord(openingPatience(0));
  }

  function receive(event: Exclude<EngineEvent, Sign>) {
    switch (event.type) {
      case 'loading':
        worker?.expectWord(openingPatience(event.progress.totalBytes));
        opening?.onProgress(event.progress);
        return;
      case 'ready':
        worker?.expectWord(null);
        opened = {
          manifest: event.manifest,
          device: event.device,
          ...(event.notKept && { notKept: event.notKept }),
        };
        opening?.resolve(opened);
        opening = null;
        return;
      case 'fetched':
        onFetched(event.addresses);
        return;
      case 'run':
        running.get(event.run)?.onEvent(event.event);
        return;
      case 'finished':
        ended(running, event.run)?.resolve({ cancelled: event.cancelled });
        return;
      case 'embedded':
        ended(embedding, event.run)?.resolve(event.embedding);
        return;
      case 'taken up':
        ended(encoding, event.run)?.resolve(event.picture);
        return;
      case 'looked':
        ended(looking, event.run)?.resolve(event.look);
        return;
      case 'drawn':
        ended(drawing, event.run)?.resolve(event.image);
        return;
      case 'studied':
        ended(studying, event.run)?.resolve(event.values);
        return;
      case 'failed': {
        const error = toUserError(event.error);
        // What it still waits for is of no use to anybody.
        if (event.run === null) end(error);
        else {
          for (const waiting of [running, ...questions]) ended<Waiting>(waiting, event.run)?.reject(error);
        }
        return;
      }
      default:
        event satisfies never;
    }
  }

  function ended<T>(waiting: Map<number, T>, run: number): T | undefined {
    const found = waiting.get(run);
    waiting.delete(run);
    if (![running, ...questions].some(({ size }) => size)) worker?.expectWord(null);
    return found;
  }

  /**
   * @param more seconds of patience, beyond those for a picture
   * @param signal ends the waiting, and what is waited for
   */
  function ask<Answer>(
    waiting: Map<number, Asked<Answer>>,
    requestOf: (run: number) => Request,
    more = 0,
    signal?: AbortSignal,
  ): Promise<Answer> {
    if (!worker || !opened) return Promise.reject(lostRun('gone'));
    if (signal?.aborted) return Promise.reject(signal.reason);
    const { manifest, device } = opened;
    const host = worker;
    const run = nextRun++;
    signal?.addEventListener(
      'abort',
      () => {
        const asked = ended(waiting, run);
        if (asked) host.post({ type: 'cancel', run });
        asked?.reject(signal.reason);
      },
      { once: true },
    );
    return new Promise((resolve, reject) => {
      waiting.set(run, { resolve, reject });
      host.post(requestOf(run));
      // A run that is on has the patience that it needs.
      if (!running.size) host.expectWord(more + runPatience(manifest, device, 1));
    });
  }

  return {
    open(packUrl, provider, onProgress, most) {
      end(new DOMException('Another model is being opened.', 'AbortError'));
      return new Promise((resolve, reject) => {
        opening = { packUrl, provider, onProgress, most, resolve, reject };
        launch(opening, false);
      });
    },

    generate(recipes, onEvent, signal, begun) {
      if (!worker || !opened) return Promise.reject(lostRun('gone'));
      const { manifest, device } = opened;
      const host = worker;
      if (signal.aborted) return Promise.resolve({ cancelled: true });
      const run = nextRun++;
      const cancel = () => host.post({ type: 'cancel', run });
      signal.addEventListener('abort', cancel, { once: true });
      return new Promise<{ cancelled: boolean }>((resolve, reject) => {
        running.set(run, { onEvent, resolve, reject });
        host.post({ type: 'generate', run, recipes, ...(begun && { begun }) });
        host.expectWord(runPatience(manifest, device, recipes.length));
      }).finally(() => signal.removeEventListener('abort', cancel));
    },

    embed: (tokens) => ask(embedding, (run) => ({ type: 'embed', run, tokens })),
    encode(image) {
      const encoder = opened?.manifest.graphs.encoder;
      const toOpen = encoder ? openingPatience(chosenFile(encoder).bytes) : 0;
      return ask(encoding, (run) => ({ type: 'encode', run, image }), toOpen);
    },
    look: (step, draw, likeliest = 0) =>
      ask(looking, (run) => ({ type: 'look', run, step, draw, likeliest })),
    draw: (tokens) => ask(drawing, (run) => ({ type: 'draw', run, tokens })),
    study: (question, signal) => ask(studying, (run) => ({ type: 'study', run, question }), 0, signal),
  };
}

function lostOpening(ending: Exclude<Ending, 'unstarted'>): UserError {
  return new UserError(
    'lost',
    ending === 'silent'
      ? 'The engine stopped answering while it opened the model: try again, or close other tabs first.'
      : 'The engine stopped while it opened the model, perhaps for lack of memory: close other tabs and try again.',
  );
}

function lostRun(ending: Ending): UserError {
  return new UserError(
    'lost',
    ending === 'silent'
      ? 'The engine stopped answering, so it was ended. Finished pictures are kept; once the model is open again, press Generate.'
      : 'The engine stopped, perhaps for lack of memory. Finished pictures are kept; once the model is open again, try fewer at a time.',
  );
}

function toUserError({ code, message }: { readonly code: ErrorCode; readonly message: string }): UserError {
  return new UserError(code, message);
}
