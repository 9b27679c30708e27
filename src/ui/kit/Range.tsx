import { type CSSProperties, useId } from 'react';
import { NumberInput } from './NumberInput.tsx';

interface RangeProps {
  readonly label: string;
  /** Null, and the slider at its end, where what is set is none of its numbers. */
  readonly value: number | null;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** What the number means, or what is set instead of one. */
  readonly note?: string | null;
  readonly hint?: string;
  readonly onChange: (value: number) => void;
}

/** A slider, and the same as a number to type. */
export function Range({ label, value, min, max, step, note = null, hint, onChange }: RangeProps) {
  const id = useId();
  const at = Math.min(value ?? max, max);
  const share = max > min ? (at - min) / (max - min) : 0;
  const describedBy = hint ? `${id}-hint` : undefined;
  return (
    <div className="range">
      <label htmlFor={id}>{label}</label>
      <span className="range-value">
        {note && <output htmlFor={id}>{note}</output>}
        <NumberInput {...{ label, value, min, max, step, describedBy, onChange }} />
      </span>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={at}
        aria-valuetext={note ?? undefined}
        aria-describedby={describedBy}
        style={{ '--share': share } as CSSProperties}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
      {hint && (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      )}
    </div>
  );
}
