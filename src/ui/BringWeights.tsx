import { type ChangeEvent, useId, useRef } from 'react';
import { formComplaint, headsNeeded } from '../store/models.ts';
import { expectedPackBytes, recommendedWeightType } from '../store/packSize.ts';
import type { WeightType } from '../types.ts';
import { ChosenFiles } from './ChosenFiles.tsx';
import { useModelActions, useModelsState } from './context.ts';
import { checkpointsAmong } from './droppedFiles.ts';
import { Select } from './Select.tsx';
import { conversionInWords, megabytes } from './words.ts';

const precisions: Readonly<Record<WeightType, string>> = {
  q4: '4 bits',
  int8: '8 bits',
  fp16: '16 bits',
  fp32: '32 bits',
};

/** What holds of each precision, and of the memory it takes to run. */
const precisionHints: Readonly<Record<WeightType, string>> = {
  q4: 'The smallest, also in memory: best for large models in a browser. Pictures differ a little from the original’s.',
  int8: 'Hardly to be told from the original.',
  fp16: 'As good as the original. In memory the weights take twice the file’s size, too much for large models in most browsers.',
  fp32: 'Every digit of the original, for comparisons.',
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
        A CLIP-VQDiffusion model is three files: the diffusion transformer, the VQGAN and OpenAI’s CLIP. They
        are converted on this device and stay on it.
      </p>
      {storageProblem ? <p className="complaint">{storageProblem}</p> : !conversion && <Picker />}
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
      <p>Drop .pt, .pth, .ckpt and .safetensors files or a folder on the page, or</p>
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
        label="Licence of the weights"
        value={form.license}
        hint="The authors’ are CC BY-NC 4.0: not for commercial use."
        onChange={(license) => edit({ license })}
      />
      {needsHeads && (
        <Text
          label="Attention heads"
          value={form.heads}
          numeric
          hint="n_head in the model’s yaml; its weights do not tell."
          onChange={(heads) => edit({ heads })}
        />
      )}
      <Precision />
      <div className="bring-submit">
        <button type="submit" className="primary" disabled={complaint !== null} aria-describedby={id}>
          Convert
        </button>
        <p id={id} className="hint" aria-live="polite">
          {complaint ?? 'Everything is there.'}
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
