// What the page offers where something failed.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { UserError } from '../../src/errors.ts';
import { mountPage } from '../support/mountedPage.ts';
import { microManifest, onWasm } from '../support/page.ts';

describe('WASM instead', () => {
  const wasm = page.getByRole('button', { name: 'Use WASM instead' });
  let mounted: Awaited<ReturnType<typeof mountPage>>;

  beforeEach(async () => {
    // `auto` comes to WASM here.
    mounted = await mountPage();
  });
  afterEach(() => mounted.unmount());

  it.each(['device', 'runtime', 'lost', 'internal'] as const)(
    'is offered where a GPU was to run the model: %s',
    async (code) => {
      void mounted.actions.chooseProvider('webgpu');
      mounted.engine.opens.at(-1)!.reject(new UserError(code, 'It did not work.'));
      await expect.element(wasm).toBeVisible();
      await wasm.click();
      expect(mounted.engine.opens.at(-1)!.provider).toBe('wasm');
    },
  );

  it('is offered where the choice came to a GPU, and a run was lost', async () => {
    const { actions, engine, prompt, generate } = mounted;
    void actions.chooseProvider('auto');
    engine.opens[1].resolve({ manifest: microManifest, device: { ...onWasm, provider: 'webgpu' } });
    await expect.element(generate).toBeEnabled();
    await prompt.fill('a face');
    await generate.click();
    await expect.poll(() => engine.runs.length).toBe(1);
    engine.runs[0].reject(new UserError('lost', 'The engine stopped.'));
    // The same again, half as many at once, WASM: then it is for the visitor to say.
    for (let opening = 2; opening <= 4; opening++) {
      await expect.poll(() => engine.opens.length).toBe(opening + 1);
      await expect.element(page.getByText(/^The engine broke off: it is started again/)).toBeVisible();
      engine.opens[opening].reject(new UserError('lost', 'The engine stopped again.'));
    }
    await expect.element(page.getByText('The engine stopped again.')).toBeVisible();
    await expect.element(wasm).toBeVisible();
  });

  it.each(['pack-missing', 'pack-corrupt', 'network'] as const)(
    'is not offered where it would fail the same: %s',
    async (code) => {
      void mounted.actions.chooseProvider('webgpu');
      mounted.engine.opens.at(-1)!.reject(new UserError(code, 'It did not work.'));
      await expect.element(page.getByText('It did not work.')).toBeVisible();
      expect(wasm.query()).toBeNull();
    },
  );

  it('is not offered where WASM it was', async () => {
    void mounted.actions.reopenPack();
    mounted.engine.opens.at(-1)!.reject(new UserError('lost', 'The engine stopped.'));
    await expect.element(page.getByText('The engine stopped.')).toBeVisible();
    expect(wasm.query()).toBeNull();
  });
});
