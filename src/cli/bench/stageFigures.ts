import { type Figure, plain } from './figures.ts';
import type { StageReport } from './stages.ts';

/** For people; the JSON has the numbers. */
export function stageFigures({ pack, name, weightType, stages, steps, choices }: StageReport): Figure[] {
  const label = `${pack}, ${name}, ${weightType}`;
  const ms = (value: number) => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
  const of = (what: string, candidates: number | null) =>
    candidates === null ? `${label}: ${what}` : `${label}: ${what}, ${candidates} guided`;
  return [
    ...choices.map(({ what, chosen }) => plain(of(what.toLowerCase(), null), chosen)),
    ...stages.map(({ stage, candidates, cold, warm, gpu }) => {
      const onGpu = gpu === null ? '' : ` (${ms(gpu)} on its clock)`;
      const times = warm === null ? ms(cold) : `${ms(warm)}${onGpu}, first ${ms(cold)}`;
      return plain(of(stage, candidates), times);
    }),
    ...steps.flatMap(({ candidates, step, reference }) => [
      plain(of('a step, as the page runs it', candidates), ms(step)),
      ...(reference === null
        ? []
        : [plain(of('a step, logits read back, sampled in TypeScript', candidates), ms(reference))]),
    ]),
  ];
}
