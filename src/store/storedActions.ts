// What can be done with models that were fetched, and are kept in the browser: open another by its address, check, delete.
import type { StoredPack, StoredPacks } from '../delivery/storedPacks.ts';
import { UserError } from '../errors.ts';
import { ownPackId } from '../library/packFolder.ts';
import { quoted } from '../quote.ts';
import type { ImportClient } from '../worker/importClient.ts';
import { packAddress } from './address.ts';
import type { ImportProgress, ModelsStore } from './models.ts';
import { asUserError } from './userError.ts';

interface Surroundings {
  readonly client: Pick<ImportClient, 'verify'>;
  readonly delivered: StoredPacks;
  /** Opens a pack, named as in the page's address. */
  readonly use: (pack: string) => void;
  /** What relative addresses are relative to. */
  readonly base: string;
}

export function createStoredActions(
  { getState, setState }: ModelsStore,
  { client, delivered, use, base }: Surroundings,
) {
  async function list(): Promise<void> {
    // Where nothing can be kept there is nothing to tell of.
    setState({ stored: await delivered.list().catch(() => []) });
  }

  /**
   * Opens a model by what was typed: the address of a folder, or of a Hugging Face repository.
   * @returns false when it is no address
   */
  function useAddress(typed: string): boolean {
    const pack = typed.trim();
    try {
      packAddress(pack, base);
    } catch (error) {
      setState({ error: asUserError(error), notice: '' });
      return false;
    }
    use(pack);
    return true;
  }

  /**
   * Reads all files of a pack, one's own or a fetched one, and says whether they are what they should be. Damaged ones that
   * can be fetched again are removed.
   * @param pack as in the page's address
   */
  async function verify(pack: string, name: string): Promise<void> {
    if (getState().verifying !== null) return;
    setState({ verifying: { pack, done: 0 }, error: null, notice: '' });
    const onProgress = ({ doneBytes, totalBytes }: ImportProgress) =>
      setState({ verifying: { pack, done: doneBytes / totalBytes } });
    try {
      const stop = new AbortController();
      const { checked, damaged } = await client.verify(packAddress(pack, base), onProgress, stop.signal);
      if (damaged.length > 0) throw spoiled(pack, name, damaged);
      setState({ notice: `“${name}”: all ${checked} files on this device are as they should be.` });
    } catch (error) {
      setState({ error: asUserError(error) });
    }
    setState({ verifying: null });
    await list();
  }

  /** Deletes what is kept of a fetched pack; one that is in use stays open. */
  async function remove({ address, name }: StoredPack): Promise<void> {
    setState({ error: null, notice: '' });
    try {
      await delivered.remove(address);
      setState({ notice: `The files of “${name}” were deleted.` });
    } catch (error) {
      setState({ error: asUserError(error) });
    }
    await list();
  }

  return { list, useAddress, verify, remove };
}

function spoiled(pack: string, name: string, [first, ...others]: readonly string[]): UserError {
  const which = quoted(first, 60) + (others.length > 0 ? ` and ${others.length} more` : '');
  return new UserError(
    'pack-corrupt',
    ownPackId(pack) === null
      ? `“${name}” is damaged on this device: ${which}. What was damaged is removed, and fetched again when you next use it.`
      : `“${name}” is damaged on this device: ${which}. Delete it, and bring its weights again.`,
  );
}
