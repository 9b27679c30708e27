// The import worker: checkpoint files in, a pack in the browser's storage out. The engine's worker generates meanwhile.

import '../trustedScripts.ts';
import { convert } from '../convert/convert.ts';
import { inspectCheckpoint } from '../convert/inspect.ts';
import { type ByteSource, blobSource } from '../convert/source.ts';
import { openStore } from '../delivery/openStore.ts';
import { verifyPack } from '../delivery/verifyPack.ts';
import { type PackFetch, readManifest, readPackFile } from '../engine/packReader.ts';
import { UserError } from '../errors.ts';
import { writeNewPack } from '../library/newPack.ts';
import { ownPack, ownPackId } from '../library/packFolder.ts';
import { storageFailure } from '../library/storageFailure.ts';
import { packFiles } from '../pack/packFiles.ts';
import { checkOwnStep } from './importCheck.ts';
import type {
  ImportEvent,
  ImportJob,
  ImportProgress,
  ImportRequest,
  ModelKind,
  Verified,
} from './importProtocol.ts';
import { inPageWords } from './importWords.ts';
import { showLife } from './signs.ts';

declare const self: DedicatedWorkerGlobalScope;

/** Milliseconds between two words about progress. */
const progressInterval = 80;
/** Of OpenAI's CLIP: the page brings that tokenizer and no other. */
const knownVocabulary = 49408;

const running = new Map<number, AbortController>();

self.onmessage = ({ data: request }: MessageEvent<ImportRequest>) => {
  switch (request.type) {
    case 'inspect':
      void inspect(request.task, request.file);
      return;
    case 'convert':
      void importPack(request.task, request.job);
      return;
    case 'verify':
      void verify(request.task, request.pack);
      return;
    case 'cancel':
      running.get(request.task)?.abort();
      return;
    case 'ping':
      post({ type: 'alive' });
      return;
    default:
      request satisfies never;
  }
};

showLife(post);

async function inspect(task: number, file: File): Promise<void> {
  try {
    if (/\.ya?ml$/i.test(file.name)) {
      throw new UserError(
        'checkpoint',
        'A configuration is not needed here: the sizes are read off the weights, and the number of heads (n_head) is asked for where they do not tell it.',
      );
    }
    const inspection = await inspectCheckpoint(blobSource(file));
    if (inspection.kind === 'clip' && inspection.vocabularySize !== knownVocabulary) {
      throw new UserError(
        'checkpoint',
        `This CLIP has a vocabulary of ${inspection.vocabularySize} and OpenAI’s tokenizer one of ${knownVocabulary}: use OpenAI’s ViT-B-32.pt or one of its kind.`,
      );
    }
    post({ type: 'inspected', task, inspection });
  } catch (error) {
    const name = `“${file.name}”`;
    const names = { diffusion: file.name, vqgan: file.name, clip: file.name };
    post({ type: 'failed', task, error: describe(error, name, names) });
  }
}

async function importPack(task: number, job: ImportJob): Promise<void> {
  const controller = new AbortController();
  running.set(task, controller);
  const { signal } = controller;
  const { diffusion, vqgan, clip } = job.files;
  const names = { diffusion: diffusion.name, vqgan: vqgan.name, clip: clip.name };
  const report = paced((progress) => post({ type: 'progress', task, progress }));
  const sourceBytes = diffusion.size + vqgan.size + clip.size;
  let readBytes = 0;
  let checking = true;
  const source = (file: File) =>
    counted(blobSource(file), (bytes) => {
      readBytes += bytes;
      if (checking) {
        // Tables of contents are read more than once.
        const doneBytes = Math.min(readBytes, sourceBytes);
        report({ stage: 'check', doneBytes, totalBytes: sourceBytes });
      }
    });
  try {
    const tokenizer = await fetchTokenizer(job.tokenizerUrl, signal);
    const id = await writeNewPack(job.name, async (id, sink) => {
      const { name, license, weightType, heads, clipActivation, weights } = job;
      const provenance = [
        `Converted in this browser from ${names.diffusion}, ${names.vqgan} and ${names.clip}.`,
      ];
      await convert(
        { diffusion: source(diffusion), vqgan: source(vqgan), clip: source(clip) },
        {
          ...{ id, name, license, weightType, heads, clipActivation, weights, provenance, tokenizer },
          check: (manifest) =>
            checkOwnStep(
              id,
              manifest,
              (doneBytes, totalBytes) => report({ stage: 'step', doneBytes, totalBytes }),
              signal,
            ),
        },
        sink,
        (progress) => {
          if (progress.stage !== 'write') return;
          checking = false;
          const { packWrittenBytes, packTotalBytes } = progress;
          report({ stage: 'write', doneBytes: packWrittenBytes, totalBytes: packTotalBytes });
        },
        signal,
      );
      return id;
    });
    post({ type: 'converted', task, id });
  } catch (error) {
    if (signal.aborted) post({ type: 'converted', task, id: null });
    else post({ type: 'failed', task, error: describe(error, 'One of the files', names) });
  } finally {
    running.delete(task);
  }
}

async function verify(task: number, pack: string): Promise<void> {
  const report = paced((progress) => post({ type: 'progress', task, progress }));
  const onBytes = (doneBytes: number, totalBytes: number) =>
    report({ stage: 'check', doneBytes, totalBytes });
  try {
    const ownId = ownPackId(pack);
    const verified =
      ownId === null
        ? await verifyPack(await openStore(), pack, onBytes)
        : await verifyOwnPack(ownPack(ownId), onBytes);
    post({ type: 'verified', task, verified });
  } catch (error) {
    post({ type: 'failed', task, error: describe(error, 'One of the files', {}) });
  }
}

/** The same of a pack that was made here. Its damaged files stay: nobody else has them. */
async function verifyOwnPack(
  fetchFile: PackFetch,
  onBytes: (doneBytes: number, totalBytes: number) => void,
): Promise<Verified> {
  const files = packFiles(await readManifest(fetchFile));
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const damaged: string[] = [];
  let doneBytes = 0;
  for (const file of files) {
    try {
      await readPackFile(fetchFile, file, (count) => {
        doneBytes += count;
        onBytes(doneBytes, totalBytes);
      });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      damaged.push(file.file);
    }
  }
  return { checked: files.length, damaged };
}

/** The built-in pack's tokenizer: that of OpenAI's CLIP, which the authors use as well. */
async function fetchTokenizer(folderUrl: string, signal: AbortSignal) {
  const text = async (file: string) => {
    try {
      const response = await fetch(new URL(file, folderUrl), { signal });
      if (response.ok) return await response.text();
    } catch (error) {
      if (signal.aborted) throw error;
    }
    throw new UserError('network', `${file} could not be fetched: check the connection and convert again.`);
  };
  return { model: await text('tokenizer.json'), config: await text('tokenizer_config.json') };
}

function counted({ byteLength, slice }: ByteSource, onRead: (bytes: number) => void): ByteSource {
  return {
    byteLength,
    async slice(start, end) {
      const bytes = await slice(start, end);
      onRead(bytes.byteLength);
      return bytes;
    },
  };
}

/** Passes on the first word of each stage, then one each interval. */
function paced(report: (progress: ImportProgress) => void): (progress: ImportProgress) => void {
  let last = Number.NEGATIVE_INFINITY;
  let stage: ImportProgress['stage'];
  return (progress) => {
    const now = performance.now();
    if (progress.stage === stage && now - last < progressInterval) return;
    last = now;
    stage = progress.stage;
    report(progress);
  };
}

function post(event: ImportEvent): void {
  self.postMessage(event);
}

/** @param unreadable what to call a file that the browser cannot read (any more) */
function describe(
  error: unknown,
  unreadable: string,
  names: Readonly<Partial<Record<ModelKind, string>>>,
): Extract<ImportEvent, { type: 'failed' }>['error'] {
  if (error instanceof UserError) return { code: error.code, message: inPageWords(error.message, names) };
  const known = storageFailure(
    error,
    `${unreadable} cannot be read any more: it was moved or changed since; choose it again.`,
  );
  if (known instanceof UserError) return { code: known.code, message: known.message };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}
