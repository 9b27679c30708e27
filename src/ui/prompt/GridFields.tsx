import { type KeyboardEvent, useId, useState } from 'react';
import {
  type AxisField,
  type AxisForm,
  type GridForm,
  gridPlan,
  suggestedValues,
} from '../../store/gridForm.ts';
import { canAsk } from '../../store/lineActions.ts';
import { activeRun } from '../../store/store.ts';
import { useActions, useAppState } from '../context.ts';
import { picturesInWords } from '../kit/words.ts';

const fields: Readonly<Record<AxisField, string>> = {
  steps: 'Steps',
  guidance: 'Guidance',
  truncation: 'Truncation',
  seed: 'Seed',
  words: 'Words of the prompt',
};

const hints: Readonly<Record<AxisField, string>> = {
  steps: '5, 10, 25 or 10-50 (+10)',
  guidance: '1, 1.5, 2 or 1-3 (+0.5)',
  truncation: '0.7, 0.85, off or 0.6-1 (+0.1)',
  seed: '1, 2, 3 or 100-103',
  words: 'red, blond, black: the first stands in the prompt, the others take its place',
};

/** As it was left, for the next opening. */
let lastForm: GridForm | null = null;

/** The axes of a grid, and the button that makes it. */
export function GridFields({ close }: { readonly close: () => void }) {
  const draft = useAppState((state) => state.draft);
  const model = useAppState((state) => state.model);
  const manifest = useAppState((state) => state.manifest);
  const pack = useAppState((state) => state.pack);
  const isOn = useAppState((state) => activeRun(state) !== null);
  const able = useAppState(canAsk);
  const { generateGrid } = useActions();
  const [form, setForm] = useState<GridForm>(
    () => lastForm ?? { columns: axisOf('seed'), rows: axisOf('guidance') },
  );
  const plan = gridPlan(form, { draft, model, manifest, pack });
  const job = plan?.kind === 'job' ? plan.job : null;
  const complaint = plan?.kind === 'complaint' ? plan : null;

  function axisOf(field: AxisField): AxisForm {
    return { field, text: suggestedValues(field, draft, manifest?.timesteps ?? 1) };
  }
  const change = (to: GridForm) => {
    lastForm = to;
    setForm(to);
  };
  const make = () => {
    if (!job || !able) return;
    close();
    void generateGrid(job);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Anywhere else in this form it would run the form.
    if (event.key !== 'Enter' || event.target instanceof HTMLButtonElement) return;
    event.preventDefault();
    if (!event.repeat && !event.nativeEvent.isComposing) make();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Enter in its fields, which are the ones that take keys.
    <div className="grid-fields" onKeyDown={onKeyDown}>
      <AxisFields
        name="Columns"
        axis={form.columns}
        complaint={complaint?.about === 'columns' ? complaint.message : null}
        onField={(field) => field && change({ ...form, columns: axisOf(field) })}
        onText={(text) => change({ ...form, columns: { ...form.columns, text } })}
      />
      <AxisFields
        name="Rows"
        optional
        axis={form.rows}
        complaint={complaint?.about === 'rows' ? complaint.message : null}
        onField={(field) => change({ ...form, rows: field && axisOf(field) })}
        onText={(text) => form.rows && change({ ...form, rows: { ...form.rows, text } })}
      />
      <p className={complaint?.about === 'grid' ? 'complaint' : 'grid-total'} aria-live="polite">
        {complaint?.about === 'grid' ? complaint.message : job?.grid && totalInWords(job.grid)}
      </p>
      <div className="grid-ways">
        <button type="button" className="primary" disabled={!job || !able} onClick={make}>
          {isOn ? 'Add to the line' : 'Make the grid'}
        </button>
        <button type="button" className="quiet" onClick={close}>
          Close
        </button>
      </div>
    </div>
  );
}

function totalInWords({ columns, rows }: { columns: readonly string[]; rows: readonly string[] }): string {
  const total = columns.length * rows.length;
  const pictures = picturesInWords(total);
  return rows.length === 1 ? pictures : `${columns.length} × ${rows.length} = ${pictures}`;
}

interface AxisFieldsProps {
  readonly name: string;
  /** Null where there is none. */
  readonly axis: AxisForm | null;
  /** Whether there may be none. */
  readonly optional?: boolean;
  readonly complaint: string | null;
  readonly onField: (field: AxisField | null) => void;
  readonly onText: (text: string) => void;
}

function AxisFields({ name, axis, optional = false, complaint, onField, onText }: AxisFieldsProps) {
  const id = useId();
  return (
    <div className="axis">
      <label htmlFor={id}>{name}</label>
      <select
        id={id}
        value={axis?.field ?? ''}
        onChange={({ target }) => {
          const field = (Object.keys(fields) as AxisField[]).find((each) => each === target.value);
          onField(field ?? null);
        }}
      >
        {optional && <option value="">None</option>}
        {Object.entries(fields).map(([field, words]) => (
          <option key={field} value={field}>
            {words}
          </option>
        ))}
      </select>
      {axis && (
        <>
          <input
            aria-label={`${name}: values`}
            autoComplete="off"
            dir="auto"
            value={axis.text}
            placeholder={axis.field === 'words' ? 'red, blond, black' : undefined}
            aria-invalid={complaint !== null && axis.text !== ''}
            aria-describedby={`${id}-note`}
            onChange={({ target }) => onText(target.value)}
          />
          <p id={`${id}-note`} className={complaint && axis.text ? 'complaint' : 'hint'} aria-live="polite">
            {complaint && axis.text ? complaint : hints[axis.field]}
          </p>
        </>
      )}
    </div>
  );
}
