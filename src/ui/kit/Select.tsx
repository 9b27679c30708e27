import { useId } from 'react';

interface SelectProps<T extends string> {
  readonly label: string;
  readonly value: T;
  /** What each value is called. */
  readonly options: Readonly<Record<T, string>>;
  readonly disabled?: boolean;
  /** Id of a hint. */
  readonly describedBy?: string;
  readonly onChange: (value: T) => void;
}

/** A list to choose one value from. */
export function Select<T extends string>({
  label,
  value,
  options,
  disabled = false,
  describedBy,
  onChange,
}: SelectProps<T>) {
  const id = useId();
  const values = Object.keys(options) as T[];
  return (
    <div className="select">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={value}
        disabled={disabled}
        aria-describedby={describedBy}
        onChange={(event) => onChange(values[event.target.selectedIndex])}
      >
        {values.map((each) => (
          <option key={each} value={each}>
            {options[each]}
          </option>
        ))}
      </select>
    </div>
  );
}
