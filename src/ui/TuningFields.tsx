import { useLayoutEffect, useRef } from 'react';
import { maxCandidates, maxGuidance, truncationAt } from '../store/settings.ts';
import { activeRun } from '../store/store.ts';
import type { ProviderChoice, Sampler } from '../types.ts';
import { AboutDevice } from './AboutDevice.tsx';
import { useActions, useAppState } from './context.ts';
import { Range } from './Range.tsx';
import { SeedField } from './SeedField.tsx';
import { Select } from './Select.tsx';
import { truncationInWords } from './words.ts';

const samplers: Readonly<Record<Sampler, string>> = {
  exact: 'Exact, at any number of steps',
  'authors-fast': 'The authors’ fast mode',
};

const providers: Readonly<Record<ProviderChoice, string>> = {
  auto: 'Automatic',
  webgpu: 'WebGPU, single precision',
  'webgpu-half': 'WebGPU, half precision',
  wasm: 'WASM (CPU)',
};

/** Steps, and under "Advanced" everything else that decides a picture. */
export function TuningFields() {
  const draft = useAppState((state) => state.draft);
  const timesteps = useAppState((state) => state.manifest?.timesteps);
  const provider = useAppState((state) => state.provider);
  const pack = useAppState((state) => state.pack);
  const running = useAppState((state) => activeRun(state) !== null);
  const seedIsWrong = useAppState((state) => state.complaint?.field === 'seed');
  const { edit, resetTuning, chooseProvider } = useActions();
  const advanced = useRef<HTMLDetailsElement>(null);

  // A complaint nobody can see helps nobody. Before the seed's own effect, which can focus only what is shown.
  useLayoutEffect(() => {
    if (seedIsWrong && advanced.current) advanced.current.open = true;
  }, [seedIsWrong]);

  const { truncation } = draft;
  return (
    <div className="tuning">
      <fieldset disabled={timesteps === undefined}>
        <legend className="visually-hidden">Settings</legend>
        <Range
          label="Steps"
          value={draft.steps}
          min={1}
          max={timesteps ?? 1}
          step={1}
          text={String(draft.steps)}
          hint="Fewer are faster; more set fewer tokens at a time."
          onChange={(steps) => edit({ steps })}
        />
        <details ref={advanced} className="advanced">
          <summary>Advanced</summary>
          <Range
            label="Candidates"
            value={draft.candidates}
            min={1}
            max={maxCandidates}
            step={1}
            text={String(draft.candidates)}
            hint="Pictures a run; the best by CLIP comes first."
            onChange={(candidates) => edit({ candidates })}
          />
          <Range
            label="Guidance"
            value={draft.guidance}
            min={0}
            max={maxGuidance}
            step={0.05}
            text={draft.guidance.toFixed(2)}
            hint="How closely to follow the words; 1 is plain, and fastest."
            onChange={(guidance) => edit({ guidance })}
          />
          <Range
            label="Truncation"
            value={truncation.kind === 'topR' ? truncation.r : 1}
            min={0}
            max={1}
            step={0.01}
            text={truncationInWords(truncation)}
            hint="Leaves out the least likely codes; 1 keeps them all."
            onChange={(r) => edit({ truncation: truncationAt(r) })}
          />
          <SeedField />
          <Select
            label="Sampler"
            value={draft.sampler}
            options={samplers}
            onChange={(sampler) => edit({ sampler })}
          />
          <button type="button" className="quiet" onClick={resetTuning}>
            Reset to the model’s defaults
          </button>
        </details>
      </fieldset>
      <Select
        label="Runs on"
        value={provider}
        options={providers}
        disabled={running}
        onChange={(choice) => void chooseProvider(choice)}
      />
      {pack.kind === 'ready' && <AboutDevice device={pack.device} />}
    </div>
  );
}
