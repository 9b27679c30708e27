import { type CSSProperties, useId } from 'react';

interface RangeProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** The value as it is shown and spoken. */
  readonly text: string;
  readonly hint?: string;
  readonly onChange: (value: number) => void;
}

/** A slider with its name and its value. */
export function Range({ label, value, min, max, step, text, hint, onChange }: RangeProps) {
  const id = useId();
  const share = max > min ? (Math.min(value, max) - min) / (max - min) : 0;
  return (
    <div className="range">
      <label htmlFor={id}>{label}</label>
      <output htmlFor={id}>{text}</output>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={text}
        aria-describedby={hint ? `${id}-hint` : undefined}
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
