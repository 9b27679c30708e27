// pack.json decides what the files are, so the server is asked for it each time; where it cannot be asked, the last one counts.
import { packAt, readPackJson } from '../engine/packReader.ts';
import { UserError } from '../errors.ts';
import { type PackManifest, parseManifest } from '../pack/manifest.ts';
import { PassingFault } from './faults.ts';
import { isPassing } from './judge.ts';
import type { PackRecord } from './packRecord.ts';
import { createPatience, type Limits } from './patience.ts';

export interface Current {
  readonly manifest: PackManifest;
  /** As the server has it; undefined where it is the one that was kept. */
  readonly value?: unknown;
}

/** @throws {UserError} when there is neither a pack.json on the server nor one that was kept, or the server's is none */
export async function currentManifest(
  folderUrl: string,
  record: PackRecord,
  limits: Limits,
): Promise<Current> {
  const kept = await lastManifest(record);
  const late = new AbortController();
  const timer = kept && setTimeout(() => late.abort(), limits.manifest);
  try {
    const value = await readPackJson((path) => answer(path, kept !== null));
    return { manifest: parseManifest(value), value };
  } catch (error) {
    if (kept && error instanceof UserError && error.code === 'network') return { manifest: kept };
    throw error;
  } finally {
    clearTimeout(timer ?? undefined);
  }

  async function answer(path: string, hasOther: boolean): Promise<Response> {
    const patience = createPatience(limits, late.signal);
    for (;;) {
      const response = await packAt(folderUrl, { cache: 'no-cache', signal: late.signal })(path);
      const isOther = isPassing(response.status) || isPageOfNetwork(response);
      // Not of the server that has the pack: it is busy, or a network's own page came instead.
      if (hasOther && isOther) throw new UserError('network', 'pack.json cannot be had now.');
      if (!isPassing(response.status)) return response;
      try {
        await patience.after(new PassingFault(`The server answers ${response.status}`), 0);
      } catch {
        return response;
      }
    }
  }
}

function isPageOfNetwork({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('text/html') ?? false;
}

async function lastManifest(record: PackRecord): Promise<PackManifest | null> {
  try {
    return parseManifest(await record.manifest());
  } catch {
    return null;
  }
}
