// Kinds of faults: each visits the page, lets something happen at a moment that was drawn, and tells how it ended.
import { serverFaults } from '../support/serverFaults.ts';
import type { Blow } from './meddler.ts';
import { type Device, type Place, seeds, steps, type Visitor } from './place.ts';

/** A number from 0 up to 1. */
export type Random = () => number;

/** By the name of a fault: how often it came, and how it ended. */
export type Ended = (fault: string, end: 'recovered' | 'told') => void;

const below = (random: Random, most: number) => Math.floor(random() * most);
const oneOf = <T>(random: Random, items: readonly T[]) => items[below(random, items.length)];

/** A sentence is one that a person can read. */
function checkSentence(sentence: string): void {
  if (sentence.length < 20 || sentence.length > 300) throw new Error(`No sentence: ${sentence}`);
}

/** To hold pictures against that others make. */
export async function undisturbed(place: Place): Promise<void> {
  const visitor = await place.visitor();
  await visitor.open('wasm');
  await place.learn('wasm', visitor);
  await visitor.leave();
}

/** Names of answers that take the patience of a quarter of a minute each. */
const slow = ['a stall', 'a drip'];

/** A server that misbehaves while a model is fetched for the first time: some answers in a row, of some kinds. */
export async function byServer(place: Place, random: Random, ended: Ended, most = 12): Promise<void> {
  const names = Object.keys(serverFaults).filter((name) => !slow.includes(name) || random() < 0.1);
  const kinds = [oneOf(random, names), oneOf(random, names)];
  let left = 1 + below(random, most);
  let open: string[] = [];
  place.server.state.trouble = (asked, ...rest) => {
    const isModel = asked.path.startsWith('packs/');
    if (!isModel || left === 0 || random() < 0.3) return false;
    const kind = oneOf(random, kinds);
    // Of pack.json nobody has said what it should be.
    if (asked.path.endsWith('pack.json') && kind === 'wrong bytes') return false;
    left--;
    open.push(kind);
    return serverFaults[kind](asked, ...rest);
  };
  const visitor = await place.visitor();
  try {
    await visitor.open('wasm');
    for (let tries = 0; ; tries++) {
      const alert = await visitor.settled();
      for (const fault of open) ended(fault, alert ? 'told' : 'recovered');
      open = [];
      if (!alert) break;
      checkSentence(alert);
      if (tries > 12) throw new Error(`It does not come to an end: ${alert}`);
      await visitor.tryAgain();
    }
    left = 0;
    await makeOne(place, visitor, oneOf(random, seeds.wasm));
  } finally {
    place.server.state.trouble = null;
    await visitor.leave();
  }
}

/** Two pictures, with nothing in the way. */
async function makeOne(place: Place, visitor: Visitor, seed: number, device: Device = 'wasm'): Promise<void> {
  const { kept } = await visitor.state();
  await visitor.write(seed, steps[device]);
  await visitor.generate();
  await visitor.idle();
  place.compare(await visitor.pictures(kept + 2), [device]);
}

/** Runs of one visitor, whose engine breaks off once or twice in each. */
export async function inRuns(
  place: Place,
  random: Random,
  ended: Ended,
  what: Exclude<Blow['what'], 'crash the tab' | 'hang the worker'>,
  runs: number,
): Promise<void> {
  const device: Device = what === 'lose the GPU' ? 'webgpu' : 'wasm';
  const visitor = await place.visitor();
  try {
    await visitor.open(device);
    await place.learn(device, visitor);
    for (let run = 0; run < runs; run++) {
      const seed = oneOf(random, seeds[device]);
      await visitor.write(seed, steps[device]);
      const blows = Array.from({ length: 1 + below(random, 2) }, () => blow(random, what, device));
      const before = await visitor.state();
      await visitor.plan(blows);
      await visitor.generate();
      const alert = await visitor.settled();
      // The second may have been drawn for a moment after the end.
      const { done } = await visitor.state();
      await visitor.plan([]);
      for (let fault = before.done; fault < done; fault++) ended(what, alert ? 'told' : 'recovered');
      if (alert) throw new Error(`It did not go on: ${alert}`);
      place.compare(await visitor.pictures(before.kept + 2), [device]);
    }
  } finally {
    await visitor.leave();
  }
}

function blow(random: Random, what: Blow['what'], device: Device): Blow {
  return { what, of: 'run', after: 1 + below(random, steps[device] + 3), delay: below(random, 30) };
}

/** An engine that is killed while it opens the model. */
export async function inOpening(place: Place, random: Random, ended: Ended): Promise<void> {
  const visitor = await place.visitor();
  const what = 'kill the worker';
  const planned: Blow = { what, of: 'loading', after: 1 + below(random, 12), delay: below(random, 60) };
  try {
    await visitor.open('wasm', (page) =>
      page.addInitScript((given) => {
        (globalThis as unknown as { chaos: { blows: Blow[] } }).chaos.blows = [given];
      }, planned),
    );
    const alert = await visitor.settled();
    const { done } = await visitor.state();
    await visitor.plan([]);
    if (done) ended('kill the worker that opens', alert ? 'told' : 'recovered');
    if (alert) {
      checkSentence(alert);
      await visitor.tryAgain();
      await visitor.idle();
    }
    await makeOne(place, visitor, oneOf(random, seeds.wasm));
  } finally {
    await visitor.leave();
  }
}

/** An engine that answers no more; the page's clock is turned on, so that nobody waits for it. */
export async function byHanging(place: Place, random: Random, ended: Ended): Promise<void> {
  const visitor = await place.visitor();
  try {
    await visitor.open('wasm', ({ clock }) => clock.install());
    const seed = oneOf(random, seeds.wasm);
    await visitor.write(seed, steps.wasm);
    await visitor.plan([
      { ...blow(random, 'hang the worker', 'wasm'), after: 1 + below(random, steps.wasm) },
    ]);
    await visitor.generate();
    while ((await visitor.state()).done === 0) await visitor.page.waitForTimeout(50);
    await visitor.page.clock.runFor(60_000);
    await visitor.idle();
    ended('hang the worker', 'recovered');
    place.compare(await visitor.pictures(2), ['wasm']);
  } finally {
    await visitor.leave();
  }
}

/** A tab that crashes in a run, and the visit after it. */
export async function byCrash(
  place: Place,
  random: Random,
  ended: Ended,
  device: Device = 'wasm',
): Promise<void> {
  const visitor = await place.visitor();
  try {
    await visitor.open(device);
    await place.learn(device, visitor);
    const seed = oneOf(random, seeds[device]);
    // One of them is a whole run before.
    await makeOne(place, visitor, seed, device);
    await visitor.plan([blow(random, 'crash the tab', device)]);
    await visitor.generate();
    const kept = await visitor.crash();
    await visitor.open(device);
    await visitor.idle();
    const pictures = await visitor.pictures(0);
    if (pictures.length < kept)
      throw new Error(`${kept} pictures were kept, and ${pictures.length} are there.`);
    place.compare(pictures, ['wasm', 'webgpu']);
    ended('crash the tab', (await visitor.note()) ? 'told' : 'recovered');
    await visitor.write(seed, steps[device]);
    await visitor.generate();
    await visitor.idle();
    place.compare(await visitor.pictures(2), ['wasm', 'webgpu']);
  } finally {
    await visitor.leave();
  }
}

/** A GPU that computes wrongly: WASM makes the pictures. */
export async function byWrongShader(place: Place, random: Random, ended: Ended): Promise<void> {
  place.wrongShaders(true);
  const visitor = await place.visitor();
  try {
    await visitor.open('webgpu');
    await visitor.idle();
    const note = await visitor.note();
    if (!note?.startsWith('This GPU computed a step of the model wrongly'))
      throw new Error(`It says: ${note}`);
    ended('a wrong shader', 'told');
    await makeOne(place, visitor, oneOf(random, seeds.wasm));
  } finally {
    place.wrongShaders(false);
    await visitor.leave();
  }
}
