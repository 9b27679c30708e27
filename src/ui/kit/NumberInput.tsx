import { useState } from 'react';

interface NumberInputProps {
  readonly label: string;
  /** Null shows an empty field: no number says what is set. */
  readonly value: number | null;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Id of a hint. */
  readonly describedBy?: string | undefined;
  readonly onChange: (value: number) => void;
}

/** A number to type. Whatever is within the bounds counts at once; the rest is brought there when the field is left. */
export function NumberInput({ label, value, min, max, step, describedBy, onChange }: NumberInputProps) {
  /** What is being typed; null while the field shows the value. */
  const [typed, setTyped] = useState<string | null>(null);
  const decimals = decimalsOf(step);

  const settle = () => {
    if (typed === null) return;
    const number = parsed(typed);
    if (number !== null) onChange(Number(Math.min(max, Math.max(min, number)).toFixed(decimals)));
    setTyped(null);
  };

  return (
    <input
      type="number"
      className="number"
      aria-label={label}
      aria-describedby={describedBy}
      inputMode={decimals ? 'decimal' : 'numeric'}
      min={min}
      max={max}
      step={step}
      value={typed ?? value?.toFixed(decimals) ?? ''}
      onChange={(event) => {
        const text = event.target.value;
        setTyped(text);
        const number = parsed(text);
        if (number === null || number < min || number > max) return;
        onChange(Number(number.toFixed(decimals)));
      }}
      onBlur={settle}
      onKeyDown={(event) => {
        // Enter runs the form: with what it will say.
        if (event.key === 'Enter') settle();
      }}
    />
  );
}

/** Null for none: an empty text would be 0. */
function parsed(text: string): number | null {
  const number = text.trim() ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

/** 2 of 0.05. */
function decimalsOf(step: number): number {
  return String(step).split('.')[1]?.length ?? 0;
}
