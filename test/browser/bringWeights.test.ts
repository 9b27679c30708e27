// The form that brings one's own weights, with files as the import worker would have recognised them.
import { afterEach, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { type ChosenFile, emptyForm, type Inspection } from '../../src/store/models.ts';
import { mountPage } from '../support/mountedPage.ts';

let mounted: Awaited<ReturnType<typeof mountPage>>;
afterEach(() => mounted.unmount());

it('asks in one sentence where a CLIP comes from that does not tell, and goes on with the answer', async () => {
  mounted = await mountPage();
  const { store } = mounted.models;
  const file = (id: number, name: string, inspection: Inspection): ChosenFile => ({
    id,
    file: new File([], name),
    state: { kind: 'recognised', inspection },
  });
  const clip = { kind: 'clip', weights: 1, embedSize: 8, vocabularySize: 49408, activation: null } as const;
  const grid = { layers: 1, width: 32, rows: 2, columns: 2, codebookSize: 5, heads: 1 };
  store.setState({
    form: { ...emptyForm, name: 'Mine' },
    files: [
      file(1, 'faces.pt', { kind: 'diffusion', weights: 1, ...grid }),
      file(2, 'vqgan.ckpt', { kind: 'vqgan', weights: 1, codebookSize: 5 }),
      file(3, 'laion.pt', clip),
    ],
  });
  await page.getByRole('button', { name: 'Models' }).click();
  const convert = page.getByRole('button', { name: 'Convert', exact: true });
  await expect.element(page.getByText('Choose where this CLIP comes from.')).toBeVisible();
  await expect.element(convert).toBeDisabled();
  const choice = page.getByRole('combobox', { name: 'CLIP comes from' });
  await expect.element(choice).toHaveAccessibleDescription(/which of two formulas .* miss a little\.$/);
  // Nothing else is asked for that the files tell.
  const weights = page.getByRole('combobox', { name: 'Weights' });
  expect(weights.query()).toBeNull();
  await choice.selectOptions('gelu');
  await expect.element(convert).toBeEnabled();
  expect(store.getState().form.clipActivation).toBe('gelu');

  store.setState(({ files }) => ({
    files: [...files.slice(0, 2), file(4, 'openai.pt', { ...clip, activation: 'quick-gelu' })],
  }));
  await expect.element(choice).not.toBeInTheDocument();

  const both = file(5, 'training.pt', { kind: 'diffusion', weights: 1, ...grid, hasBoth: true });
  store.setState(({ files }) => ({ files: [both, ...files.slice(1)] }));
  await weights.selectOptions('plain');
  expect(store.getState().form.weights).toBe('plain');
});
