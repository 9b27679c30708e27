// Films recorded as videos, with a stand-in for the browser's recorder: one that is silent is not waited for without end, and
// a page that is hidden is.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { canRecord } from '../../src/ui/gallery/canRecord.ts';
import { recordFilm } from '../../src/ui/gallery/recordFilm.ts';
import { grey } from '../support/page.ts';

const frames = [grey(1), grey(2), grey(3)].map((image) => ({ image, milliseconds: 300 }));
/** What was drawn, by the grey of the picture, and what became of the stream. */
let drawn: number[];
let stopped: number;
let page: { hidden: boolean; createElement: () => object };
let behaviour: 'records' | 'is silent' | 'fails' | 'gives nothing';
let states: string[];

class Recorder {
  static isTypeSupported = (type: string): boolean => type.endsWith('vp8');
  state = 'inactive';
  ondataavailable = (_: { data: Blob }) => {};
  onstop = () => {};
  onerror = () => {};
  #go(to: string) {
    this.state = to;
    states.push(to);
  }
  start() {
    this.#go('recording');
    if (behaviour === 'fails') setTimeout(() => this.onerror(), 50);
  }
  pause() {
    this.#go('paused');
  }
  resume() {
    this.#go('recording');
  }
  stop() {
    this.#go('inactive');
    if (behaviour === 'is silent') return;
    this.ondataavailable({ data: new Blob(behaviour === 'records' ? ['film'] : []) });
    this.onstop();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  [drawn, stopped, behaviour, states] = [[], 0, 'records', []];
  const canvas = {
    getContext: () => ({ putImageData: ({ data }: { data: Uint8ClampedArray }) => drawn.push(data[0]) }),
    captureStream: () => ({ getTracks: () => [{ stop: () => stopped++ }] }),
  };
  page = { hidden: false, createElement: () => canvas };
  vi.stubGlobal('document', page);
  vi.stubGlobal('MediaRecorder', Recorder);
  vi.stubGlobal('HTMLCanvasElement', { prototype: { captureStream: () => {} } });
  vi.stubGlobal(
    'ImageData',
    class {
      constructor(readonly data: Uint8ClampedArray) {}
    },
  );
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('is as long as it plays, and holds all of it', async () => {
  const file = recordFilm(frames);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await (await file).text()).toBe('film');
  expect((await file).type).toBe('video/webm');
  expect([...new Set(drawn)]).toEqual([1, 2, 3]);
  expect(drawn.filter((value) => value === 2).length).toBeGreaterThan(7);
  expect(states).toEqual(['recording', 'inactive']);
  expect(stopped).toBe(1);
});

it('waits for a page that is hidden', async () => {
  const file = recordFilm(frames);
  await vi.advanceTimersByTimeAsync(400);
  page.hidden = true;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(states).toEqual(['recording', 'paused']);
  page.hidden = false;
  await vi.advanceTimersByTimeAsync(600);
  expect((await file).size).toBe(4);
  expect([...new Set(drawn)]).toEqual([1, 2, 3]);
});

it.each(['is silent', 'fails', 'gives nothing'] as const)(
  'ends with a sentence where the recorder %s',
  async (how) => {
    behaviour = how;
    const sentence = recordFilm(frames).then(String, (error: Error) => error.message);
    await vi.advanceTimersByTimeAsync(12_000);
    expect(await sentence).toContain('take the moving PNG');
    expect(stopped).toBe(1);
  },
);

it('is not offered where the browser records no WebM', () => {
  expect(canRecord()).toBe(true);
  vi.spyOn(Recorder, 'isTypeSupported').mockReturnValue(false);
  expect(canRecord()).toBe(false);
  vi.stubGlobal('MediaRecorder', undefined);
  expect(canRecord()).toBe(false);
});
