// Records of older pages, one schema at a time, when they are read: opening the gallery rewrites nothing. A step rewrites
// and judges nothing; record.ts does that.
import { asObject } from '../recipe/json.ts';

/** The schema that this program writes. */
export const RECORD_SCHEMA = 2;

type Json = Readonly<Record<string, unknown>>;

export interface Migration {
  /** The schema it reads; it writes the next one. */
  readonly from: number;
  readonly title: string;
  readonly reason: string;
  readonly head: (json: Json) => Json;
  readonly body: (json: Json) => Json;
}

/** From each schema to the next. */
export const migrations: readonly Migration[] = [
  {
    from: 1,
    title: 'Pictures of a film know it',
    reason: 'Seventeen pictures that belong together are one tile of the gallery.',
    head: (json) => ({ ...json, film: null }),
    body: (json) => json,
  },
];

/** The same half of a record in this program's schema; null when it has none, or a newer one. */
export function migrate(half: 'head' | 'body', value: unknown, steps = migrations): Json | null {
  const json = asObject(value);
  const schema = json && Object.hasOwn(json, 'schema') ? json.schema : undefined;
  const latest = steps.length + 1;
  if (!json || typeof schema !== 'number' || !Number.isInteger(schema) || schema < 1 || schema > latest) {
    return null;
  }
  return steps
    .filter(({ from }) => from >= schema)
    .reduce<Json>((older, step) => ({ ...step[half](older), schema: step.from + 1 }), json);
}
