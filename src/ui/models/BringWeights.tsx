import { type ChangeEvent, useId, useRef } from 'react';
import { activationNeeded, formComplaint, hasAverages, headsNeeded } from '../../store/models.ts';
import { expectedPackBytes, recommendedWeightType } from '../../store/packSize.ts';
import type { WeightType } from '../../types.ts';
import { useModelActions, useModelsState } from '../context.ts';
import { checkpointsAmong } from '../kit/droppedFiles.ts';
import { Select } from '../kit/Select.tsx';
import { conversionInWords, megabytes } from '../kit/words.ts';
import { ChosenFiles } from './ChosenFiles.tsx';
import { ClipOrigin } from './ClipOrigin.tsx';

const precisions: Readonly<Record<WeightType, string>> = {
  q4: '4 bits',
  int8: '8 bits',
  fp16: '16 bits',
  fp32: '32 bits',
};

/** What holds of each precision, and of the memory it takes to run. */
const precisionHints: Readonly<Record<WeightType, string>> = {
  q4: 'Smallest, in memory too: best for large models in a browser. Pictures differ slightly from the original’s.',
  int8: 'Almost the same pictures as the original.',
  fp16: 'As good as the original. Once open, the weights take twice the file’s size in memory, which is too much for large models in most browsers.',
  fp32: 'Every digit of the original, for comparing.',
};

/** Files in, a model out: what each file is, what is missing, and the conversion. */
export function BringWeights() {
  const conversion = useModelsState((state) => state.conversion);
  const storageProblem = useModelsState((state) => state.storageProblem);
  const hasFiles = useModelsState((state) => state.files.length > 0);
  const heading = useId();
  return (
    <section className="bring" aria-labelledby={heading}>
      <h3 id={heading}>Bring your own weights</h3>
      <p>
        A CLIP-VQDiffusion model comes as three files: the diffusion transformer, the VQGAN and OpenAI’s CLIP.
        They’re converted right here and never leave your device.
      </p>
      {storageProblem ? <p className="no-storage">{storageProblem}</p> : !conversion && <Picker />}
      <ChosenFiles />
      {conversion ? <Conversion /> : hasFiles && <Form />}
    </section>
  );
}

function Picker() {
  const { addFiles } = useModelActions();
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const taken = (event: ChangeEvent<HTMLInputElement>, choose: (files: File[]) => File[]) => {
    void addFiles(choose([...(event.target.files ?? [])]));
    // So that the same file can be chosen again.
    event.target.value = '';
  };
  return (
    <div className="drop-zone">
      <p>Drop them anywhere on this page (.pt, .pth, .ckpt or .safetensors, or a folder), or</p>
      <div className="drop-buttons">
        <button type="button" className="quiet" onClick={() => files.current?.click()}>
          Choose files
        </button>
        <button type="button" className="quiet" onClick={() => folder.current?.click()}>
          Choose a folder
        </button>
      </div>
      <input ref={files} type="file" multiple hidden onChange={(event) => taken(event, (all) => all)} />
      <input
        ref={(input) => {
          folder.current = input;
          // React knows no attribute of that name.
          if (input) input.webkitdirectory = true;
        }}
        type="file"
        hidden
        onChange={(event) => taken(event, checkpointsAmong)}
      />
    </div>
  );
}

function Form() {
  const form = useModelsState((state) => state.form);
  const complaint = useModelsState(formComplaint);
  const needsHeads = useModelsState(headsNeeded);
  const needsActivation = useModelsState(activationNeeded);
  const hasBoth = useModelsState(hasAverages);
  const { edit, convert } = useModelActions();
  const id = useId();
  return (
    <form
      className="bring-form"
      onSubmit={(event) => {
        event.preventDefault();
        void convert();
      }}
    >
      <Text label="Name" value={form.name} onChange={(name) => edit({ name })} />
      <Text
        label="Licence"
        value={form.license}
        hint="The authors’ weights are CC BY-NC 4.0: no commercial use."
        onChange={(license) => edit({ license })}
      />
      {needsHeads && (
        <Text
          label="Attention heads"
          value={form.heads}
          numeric
          hint="The weights don’t say: look for n_head in the model’s yaml file."
          onChange={(heads) => edit({ heads })}
        />
      )}
      {needsActivation && <ClipOrigin />}
      {hasBoth && (
        <Select
          label="Weights"
          value={form.weights}
          options={{
            averages: 'Averaged (recommended)',
            plain: 'Plain',
          }}
          onChange={(weights) => edit({ weights })}
        />
      )}
      <Precision />
      <div className="bring-submit">
        <button type="submit" className="primary" disabled={complaint !== null} aria-describedby={id}>
          Convert
        </button>
        <p id={id} className="hint" aria-live="polite">
          {complaint ?? 'Ready to convert.'}
        </p>
      </div>
    </form>
  );
}

/** How weights are stored: each choice with the size it leads to, and what it means. */
function Precision() {
  const files = useModelsState((state) => state.files);
  const chosen = useModelsState((state) => state.form.weightType) ?? recommendedWeightType(files);
  const { edit } = useModelActions();
  const id = useId();
  const option = (weightType: WeightType) => {
    const bytes = expectedPackBytes(files, weightType);
    const size = bytes === null ? '' : `, about ${megabytes(bytes)}`;
    const recommended = bytes !== null && weightType === recommendedWeightType(files);
    return precisions[weightType] + size + (recommended ? ' (recommended)' : '');
  };
  return (
    <div>
      <Select
        label="Precision"
        value={chosen}
        options={{ q4: option('q4'), int8: option('int8'), fp16: option('fp16'), fp32: option('fp32') }}
        describedBy={id}
        onChange={(weightType) => edit({ weightType })}
      />
      <p id={id} className="hint">
        {precisionHints[chosen]}
      </p>
    </div>
  );
}

interface TextProps {
  readonly label: string;
  readonly value: string;
  readonly hint?: string;
  readonly numeric?: boolean;
  readonly onChange: (value: string) => void;
}

function Text({ label, value, hint, numeric = false, onChange }: TextProps) {
  const id = useId();
  return (
    <div className="text">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="text"
        inputMode={numeric ? 'numeric' : 'text'}
        autoComplete="off"
        value={value}
        aria-describedby={hint && `${id}-hint`}
        onChange={(event) => onChange(event.target.value)}
      />
      {hint && (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      )}
    </div>
  );
}

function Conversion() {
  const conversion = useModelsState((state) => state.conversion);
  const { cancel } = useModelActions();
  if (!conversion) return null;
  const { progress, stopping } = conversion;
  return (
    <div className="conversion progress-line">
      {progress ? (
        <progress aria-label="Converting" max={progress.totalBytes} value={progress.doneBytes} />
      ) : (
        <progress aria-label="Converting" />
      )}
      <p>{conversionInWords(conversion).long}</p>
      {/* biome-ignore lint/a11y/noAutofocus: Convert, which was pressed, is gone; this takes its place */}
      <button type="button" className="quiet" autoFocus aria-disabled={stopping} onClick={cancel}>
        Cancel conversion
      </button>
    </div>
  );
}
