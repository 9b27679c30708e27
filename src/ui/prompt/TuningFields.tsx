import { useLayoutEffect, useRef } from 'react';
import { maxGuidance, truncationAt, truncationNumber } from '../../store/settings.ts';
import { activeRun } from '../../store/store.ts';
import type { ProviderChoice, Sampler } from '../../types.ts';
import { useActions, useAppState } from '../context.ts';
import { Range } from '../kit/Range.tsx';
import { Select } from '../kit/Select.tsx';
import { truncationInWords } from '../kit/words.ts';
import { AvoidField } from './AvoidField.tsx';
import { GridDialog } from './GridDialog.tsx';
import { SeedField } from './SeedField.tsx';

const samplers: Readonly<Record<Sampler, string>> = {
  exact: 'Exact, in even steps',
  cosine: 'Exact, small steps first',
  'authors-fast': 'The authors’ fast mode',
};

const providers: Readonly<Record<ProviderChoice, string>> = {
  auto: 'Automatic',
  webgpu: 'GPU: WebGPU, single precision',
  'webgpu-half': 'GPU: WebGPU, half precision',
  wasm: 'CPU: WASM',
};

/** Steps, and under "Advanced" everything else that decides a picture. */
export function TuningFields() {
  const draft = useAppState((state) => state.draft);
  const timesteps = useAppState((state) => state.manifest?.timesteps);
  const provider = useAppState((state) => state.provider);
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
          max={timesteps ?? 100}
          step={1}
          hint="Fewer = faster, more = finer"
          onChange={(steps) => edit({ steps })}
        />
      </fieldset>
      <details ref={advanced} className="advanced">
        <summary>Advanced</summary>
        <fieldset disabled={timesteps === undefined}>
          <legend className="visually-hidden">Advanced settings</legend>
          <Range
            label="Guidance"
            value={draft.guidance}
            min={0}
            max={maxGuidance}
            step={0.05}
            hint="How closely to follow your words, 1 = off"
            onChange={(guidance) => edit({ guidance })}
          />
          <Range
            label="Truncation"
            value={truncationNumber(truncation)}
            min={0}
            max={1}
            step={0.01}
            note={truncation.kind === 'topR' ? null : truncationInWords(truncation)}
            hint="Lower = fewer odd details, 1 = off"
            onChange={(r) => edit({ truncation: truncationAt(r) })}
          />
          <Range
            label="Redraw"
            value={draft.redraw}
            min={0}
            max={0.5}
            step={0.05}
            hint="Draws the oddest tiles again, 0 = off"
            onChange={(redraw) => edit({ redraw, looks: null })}
          />
          <SeedField />
          <AvoidField />
          <Select
            label="Sampler"
            value={draft.sampler}
            options={samplers}
            onChange={(sampler) => edit({ sampler })}
          />
          <div className="tuning-ways">
            <GridDialog />
            <button type="button" className="quiet" onClick={resetTuning}>
              Reset to defaults
            </button>
          </div>
        </fieldset>
        <Select
          label="Runs on"
          value={provider}
          options={providers}
          disabled={running}
          onChange={(choice) => void chooseProvider(choice)}
        />
      </details>
    </div>
  );
}
