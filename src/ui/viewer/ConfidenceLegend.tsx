import { confidenceColour, confidenceRadius } from './confidence.ts';

const samples = [0, 0.25, 0.5, 0.75, 1];

/** What the discs say. */
export function ConfidenceLegend() {
  return (
    <span className="confidence-legend">
      0 %
      <svg viewBox={`0 0 ${samples.length} 1`} role="img" aria-label="to">
        {samples.map((sure, i) => (
          <circle key={sure} cx={i + 0.5} cy={0.5} r={confidenceRadius(sure)} fill={confidenceColour(sure)} />
        ))}
      </svg>
      100 %
    </span>
  );
}
