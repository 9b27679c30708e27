// Films: frames that are made in turn, each from the tokens of the one before.
import { describe, expect, it, vi } from 'vitest';
import { UserError } from '../../src/errors.ts';
import type { KeptPicture } from '../../src/gallery/picture.ts';
import { FRAMES } from '../../src/recipe/film.ts';
import { checkRecipe } from '../../src/recipe/fit.ts';
import { decodeFree } from '../../src/recipe/start.ts';
import { videoOf } from '../../src/store/filmActions.ts';
import type { ImageTokens } from '../../src/types.ts';
import { frameAt } from '../../src/ui/gallery/recordFilm.ts';
import { imageEvent, microManifest, microRecipe, onWasm } from '../support/page.ts';
import { headOf } from '../support/pictures.ts';
import { ready } from '../support/readyPage.ts';
import { refusal } from '../support/refusal.ts';

/** The tokens of whatever picture there is. */
const there = Int32Array.of(4, 3, 2, 1);
const pictureOf = (text: string, seed: number): KeptPicture => ({
  head: headOf(seed, { prompt: text }),
  png: new Blob(),
  recipe: { ...microRecipe, condition: { kind: 'text', text }, seed },
  steps: { mask: 5, rows: [there] },
});

async function filming() {
  const page = await ready();
  const job = await page.actions.filmOf(pictureOf('a woman', 3), pictureOf('a man', 4));
  const done = page.actions.makeRelated(job);
  /** The engine is asked for a frame; the page fetched a module or passed some promises on the way. */
  const asked = (frame: number) =>
    vi.waitFor(() => page.runs[frame] ?? expect.fail(`no frame ${frame}`), { timeout: 20_000, interval: 1 });
  /** The engine makes the frame that it was asked for. */
  const make = async (frame: number, token: number) => {
    const { onEvent, resolve } = await asked(frame);
    const tokens = new Int32Array(4).fill(token) as ImageTokens;
    onEvent({ type: 'step', progress: { step: 1, steps: 1, timestep: 0, indices: [0], tokens } });
    onEvent(imageEvent(0, 0.5));
    resolve({ cancelled: false });
  };
  return { ...page, job, done, make, asked };
}

describe('a film', () => {
  it('is one run of one row, made frame by frame from the tokens of the one before', async () => {
    const { job, runs, state, make, asked, done } = await filming();
    expect(job.grid?.rows).toEqual(['']);
    expect(job.grid?.columns[0]).toBe('0 %');
    expect(job.grid?.columns.at(-1)).toBe('100 %');
    await asked(0);
    expect(runs).toHaveLength(1);
    expect(runs[0].recipes).toEqual([
      { ...microRecipe, condition: { kind: 'text', text: 'a woman' }, seed: 3 },
    ]);
    for (let frame = 0; frame < FRAMES; frame++) {
      const [recipe] = (await asked(frame)).recipes;
      expect(runs).toHaveLength(frame + 1);
      expect(() => checkRecipe(recipe, microManifest)).not.toThrow();
      if (frame > 0 && frame < FRAMES - 1) {
        if (recipe.start.kind !== 'tokens') throw new Error('no tokens');
        const free = decodeFree(recipe.start.free, 4)!;
        const former = (frame - 1) % 5;
        for (const [i, token] of recipe.start.tokens.entries()) {
          expect(free[i] ? [5] : [former, there[i]]).toContain(token);
        }
        if (frame === 1) expect(recipe.start.tokens.filter((token) => token === former)).toHaveLength(3);
        if (frame === FRAMES - 2) expect(free.filter(Boolean)).toHaveLength(1);
      }
      await make(frame, frame % 5);
    }
    await done;
    const [run] = state().runs;
    expect(run.status).toBe('finished');
    // Each picture says what it was made of.
    expect(run.candidates.map(({ picture }) => picture!.recipe)).toEqual(
      runs.map(({ recipes }) => recipes[0]),
    );
    expect(run.candidates.map(({ picture }) => picture!.index)).toEqual(
      Array.from({ length: FRAMES }, (_, i) => i),
    );
    expect(run.progress.done).toBeGreaterThan(0);
  });

  it('ends within a frame when it is cancelled, and what was made stays', async () => {
    const { actions, runs, state, make, asked, done } = await filming();
    await make(0, 1);
    await make(1, 2);
    await asked(2);
    actions.cancel();
    expect(runs[2].signal.aborted).toBe(true);
    runs[2].resolve({ cancelled: true });
    await done;
    expect(runs).toHaveLength(3);
    const [run] = state().runs;
    expect(run.status).toBe('cancelled');
    expect(run.candidates.filter(({ picture }) => picture)).toHaveLength(2);
  });

  it('that fails leaves its frames, and says why', async () => {
    const { state, make, asked, done } = await filming();
    await make(0, 1);
    (await asked(1)).reject(new UserError('settings', 'Not so.'));
    await done;
    expect(state().runError?.message).toBe('Not so.');
    expect(state().runs[0].candidates).toHaveLength(1);
  });

  it('goes on from the frame where its engine broke off, and from the tokens of the one before', async () => {
    const { runs, opens, state, make, asked, done } = await filming();
    await make(0, 1);
    await make(1, 2);
    const [broken] = (await asked(2)).recipes;
    const tokens = new Int32Array(4).fill(3) as ImageTokens;
    runs[2].onEvent({ type: 'step', progress: { step: 1, steps: 9, timestep: 9, indices: [0], tokens } });
    const opened = opens.length;
    runs[2].reject(new UserError('device', 'It was lost.'));
    await vi.waitFor(() => expect(opens).toHaveLength(opened + 1));
    opens[opened].resolve({ manifest: microManifest, device: onWasm });
    const again = await asked(3);
    expect(again.recipes).toEqual([broken]);
    expect(again.begun).toEqual([{ step: 1, tokens }]);
    await make(3, 4);
    // The next one takes up what came of it.
    const [next] = (await asked(4)).recipes;
    if (next.start.kind !== 'tokens') throw new Error('no tokens');
    const kept = next.start.tokens.filter((token, i) => token !== 5 && token !== there[i]);
    expect(new Set(kept)).toEqual(new Set([4]));
    for (let frame = 4; frame <= FRAMES; frame++) await make(frame, 0);
    await done;
    const [run] = state().runs;
    expect(run).toMatchObject({ status: 'finished', losses: 1 });
    expect(run.candidates.filter(({ picture }) => picture)).toHaveLength(FRAMES);
  });

  it('needs recipes that can be made here', async () => {
    const { actions } = await ready();
    const gone = { ...pictureOf('a man', 4), recipe: null };
    expect(await refusal(() => actions.filmOf(pictureOf('a woman', 3), gone))).toMatch(/how it was made/);
    const tokenless = { ...gone, recipe: microRecipe, steps: null };
    expect(await refusal(() => actions.filmOf(pictureOf('a woman', 3), tokenless))).toMatch(/its tokens/);
    const unfinished = { ...tokenless, steps: { mask: 5, rows: [Int32Array.of(1, 5, 1, 1)] } };
    expect(await refusal(() => actions.filmOf(pictureOf('a woman', 3), unfinished))).toMatch(/not finished/);
    // It is the first one's recipe alone that is needed.
    const job = await actions.filmOf({ ...pictureOf('a woman', 3), steps: null }, pictureOf('a man', 4));
    expect(job.recipes).toHaveLength(FRAMES);
  });
});

describe('its video', () => {
  it('shows each picture there and back for its time', async () => {
    const { actions, state, make, done, saved } = await filming();
    for (let frame = 0; frame < FRAMES; frame++) await make(frame, 0);
    await done;
    const { frames, name } = videoOf(state().runs[0]);
    expect(frames).toHaveLength(2 * FRAMES - 2);
    expect(name).toBe('a-woman-a-man_film_3.webm');
    expect([frameAt(frames, 0), frameAt(frames, 899)]).toEqual([frames[0], frames[0]]);
    expect(frameAt(frames, 900)).toBe(frames[1]);
    expect(frameAt(frames, 1020)).toBe(frames[2]);
    expect(frameAt(frames, 1e9)).toBe(frames.at(-1));
    await actions.downloadVideo(state().runs[0], async (given) => {
      expect(given).toEqual(frames);
      return new Blob(['film']);
    });
    expect(saved.map(({ name: file }) => file)).toEqual([name]);
    await actions.downloadVideo(state().runs[0], async () => {
      throw new UserError('device', 'This browser recorded no video.');
    });
    expect(state().runError?.message).toBe('This browser recorded no video.');
    expect(saved).toHaveLength(1);
  });
});
