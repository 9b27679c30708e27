// Room for what is to come. A browser's estimate needs no permission; one that gives none is believed to have room.

/** Milliseconds for the answer. */
const PATIENCE = 1000;

/** Bytes that this site may still store; infinite where the browser does not say. */
export async function freeSpace(): Promise<number> {
  const estimated = globalThis.navigator?.storage?.estimate?.().catch(() => null);
  const late = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE, null));
  const estimate = await Promise.race([estimated, late]);
  if (estimate?.quota === undefined || estimate.usage === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(0, estimate.quota - estimate.usage);
}
