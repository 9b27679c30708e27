import { confidenceColour, confidenceRadius } from './confidence.ts';

const samples = [0, 0.25, 0.5, 0.75, 1];

/** What the discs say, in one line. */
export function ConfidenceLegend() {
  return (
    <p
      className="viewer-soft confidence-legend"
      title="The probability that the model gave the code when it was set"
    >
      unsure
      <svg className="confidence-scale" viewBox={`0 0 ${samples.length} 1`} role="img" aria-label="to">
        {samples.map((sure, i) => (
          <circle key={sure} cx={i + 0.5} cy={0.5} r={confidenceRadius(sure)} fill={confidenceColour(sure)} />
        ))}
      </svg>
      sure when it was set
    </p>
  );
}
