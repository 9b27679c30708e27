import type { ReactNode } from 'react';
import { explainedValues, type RowName } from '../../store/explained.ts';
import type { Explainer } from '../../store/explainer.ts';
import { truncationNumber } from '../../store/settings.ts';
import { useAppState } from '../context.ts';
import { Figure } from './Figure.tsx';
import { MadePicture } from './MadePicture.tsx';
import { useExplained } from './useExplained.ts';

interface RowProps {
  readonly explainer: Explainer;
  readonly name: RowName;
  readonly place: number;
  readonly title: string;
  readonly children: ReactNode;
}

/** What the ends of each row are, for a person. */
const notes: Readonly<Record<RowName, readonly [string, string]>> = {
  guidance: ['ignores your words', 'clings to them'],
  truncation: ['only the favourites', 'anything goes'],
  steps: ['at a glance', 'at leisure'],
};

/** The same words and seed, with one number changed. */
export function Row({ explainer, name, place, title, children }: RowProps) {
  const figure = useExplained(explainer, (state) => state.figures[name]);
  const defaults = useAppState((state) => state.manifest?.defaults);
  const values = explainedValues[name];
  const usual = defaults && (name === 'truncation' ? truncationNumber(defaults.truncation) : defaults[name]);
  const noteAt = (i: number) => {
    if (i === 0) return notes[name][0];
    if (i === values.length - 1) return notes[name][1];
    return values[i] === usual ? 'the usual' : '';
  };
  return (
    <Figure explainer={explainer} name={name} place={place} title={title} text={children}>
      <ol className="figure-row">
        {values.map((value, i) => {
          const made = figure.run?.candidates[i];
          const words = valueInWords(name, value);
          const time = name === 'steps' ? figure.times[i] : undefined;
          return (
            <li key={value}>
              <MadePicture
                label={`${words}: ${made?.picture ? 'the picture' : made?.tokens ? 'in the making' : 'not made yet'}`}
                image={made?.picture?.image ?? made?.preview ?? null}
                tokens={made?.picture ? undefined : (made?.tokens ?? null)}
              />
              <p className="figure-value">
                <strong>{words}</strong>{' '}
                <span className="figure-note">
                  {time === undefined ? noteAt(i) : `in ${(time / 1000).toFixed(1)} s`}
                </span>
              </p>
            </li>
          );
        })}
      </ol>
    </Figure>
  );
}

function valueInWords(name: RowName, value: number): string {
  switch (name) {
    case 'guidance':
      return String(value);
    case 'truncation':
      return value >= 1 ? 'all' : `top ${Math.round(100 * value)} %`;
    case 'steps':
      return value === 1 ? '1 step' : `${value} steps`;
    default:
      return name satisfies never;
  }
}
