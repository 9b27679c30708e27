// A short `npm run chaos` (test/chaos): the built page in Chromium, with its server, worker, GPU and tab failing under it. That no
// picture is lost, and that all are those of undisturbed runs, is checked by the kinds themselves.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findChromium } from '../../src/cli/chromium.ts';
import { byCrash, byServer, type Ended, inOpening, inRuns, undisturbed } from '../chaos/kinds.ts';
import { Place } from '../chaos/place.ts';
import { siteFolder } from '../support/builtSite.ts';
import { mulberry32 } from '../support/mulberry32.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

describe.skipIf(!findChromium())('what breaks under a visitor', () => {
  let place: Place;
  beforeAll(async () => {
    place = await Place.of(siteFolder);
    await undisturbed(place);
  });
  afterAll(() => place?.leave());

  const endings = () => {
    const seen: string[] = [];
    const ended: Ended = (fault, end) => void seen.push(`${fault}: ${end}`);
    return { seen, ended };
  };

  it('a worker killed in runs, and while it opens: the runs go on to the very same pictures', async () => {
    const { seen, ended } = endings();
    await inRuns(place, mulberry32(2), ended, 'kill the worker', 3);
    await inOpening(place, mulberry32(3), ended);
    expect(seen.filter((each) => each === 'kill the worker: recovered').length).toBeGreaterThanOrEqual(3);
  });

  it('a server that misbehaves: the model is the right one in the end', async () => {
    const { seen, ended } = endings();
    await byServer(place, mulberry32(1), ended, 4);
    expect(seen.length).toBeGreaterThan(0);
  });

  it('a tab that crashes: what was kept is there', async () => {
    const { seen, ended } = endings();
    await byCrash(place, mulberry32(4), ended);
    expect(seen).toHaveLength(1);
  });

  it('a GPU that is lost in the middle of a run: it goes on to the very same pictures', async () => {
    const { seen, ended } = endings();
    await inRuns(place, mulberry32(6), ended, 'lose the GPU', 1);
    expect(seen).toContain('lose the GPU: recovered');
  });
});
