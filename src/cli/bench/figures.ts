/** One measured figure beside what it should be. */
export interface Figure {
  readonly what: string;
  readonly measured: string;
  readonly target: string;
  /** Null where there is no target, only a figure. */
  readonly met: boolean | null;
}

/** A figure that should not exceed a number. */
export function atMost(what: string, value: number, limit: number, unit: string, digits = 1): Figure {
  return {
    what,
    measured: `${value.toFixed(digits)} ${unit}`,
    target: `at most ${limit} ${unit}`,
    met: value <= limit,
  };
}

/** A figure on its own. */
export function plain(what: string, measured: string): Figure {
  return { what, measured, target: '', met: null };
}

/** Columns for a terminal. */
export function table(figures: readonly Figure[]): string {
  return figures
    .map(({ what, measured, target, met }) => {
      const verdict = met === null ? '' : met ? 'met' : 'NOT MET';
      return `${what.padEnd(58)} ${measured.padEnd(26)} ${target.padEnd(20)} ${verdict}`.trimEnd();
    })
    .join('\n');
}

/** Middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
