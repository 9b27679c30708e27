// Two axes over one recipe: what changes from column to column, and what from row to row.
import { UserError } from '../errors.ts';
import { quoted } from '../quote.ts';
import type { Truncation } from '../types.ts';
import { MAX_PICTURES, tooMany } from './plan.ts';
import { makeRecipe, type Recipe, type RecipeParts } from './recipe.ts';

export type Axis =
  | { readonly field: 'steps' | 'guidance' | 'seed'; readonly values: readonly number[] }
  | { readonly field: 'truncation'; readonly values: readonly Truncation[] }
  /** Each value takes the place of `find` in the prompt, wherever it stands. */
  | { readonly field: 'words'; readonly find: string; readonly values: readonly string[] };

export interface Grid {
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  /** Row by row. [rows, columns] */
  readonly recipes: readonly Recipe[];
}

/**
 * A recipe for each pair of values, with labels for a person.
 * @param rows null for one row
 * @throws {UserError} `settings` when an axis is empty, both are of one kind, or the cells are too many
 */
export function planGrid(base: RecipeParts, columns: Axis, rows: Axis | null): Grid {
  const across = settings(base, columns);
  const down = rows ? settings(base, rows) : [{ label: '', apply: (parts: RecipeParts) => parts }];
  if (rows && rows.field === columns.field && !standApart(base, rows, columns)) {
    throw new UserError('settings', `Both axes change the ${rows.field}: choose another for one of them.`);
  }
  const total = across.length * down.length;
  if (total > MAX_PICTURES) throw tooMany(total);
  return {
    columns: across.map(({ label }) => label),
    rows: down.map(({ label }) => label),
    recipes: down.flatMap((row) => across.map((column) => makeRecipe(column.apply(row.apply(base))))),
  };
}

interface Setting {
  readonly label: string;
  readonly apply: (recipe: RecipeParts) => RecipeParts;
}

function settings(base: RecipeParts, axis: Axis): Setting[] {
  if (!axis.values.length)
    throw new UserError('settings', `The axis of ${axis.field} has no values: give some.`);
  switch (axis.field) {
    case 'steps':
      return axis.values.map((steps) => ({
        label: steps === 1 ? 'one step' : `${steps} steps`,
        apply: (recipe) => ({ ...recipe, steps }),
      }));
    case 'guidance':
      return axis.values.map((guidance) => ({
        label: `guidance ${guidance}`,
        apply: (recipe) => ({ ...recipe, guidance }),
      }));
    case 'seed':
      return axis.values.map((seed) => ({ label: `seed ${seed}`, apply: (recipe) => ({ ...recipe, seed }) }));
    case 'truncation':
      return axis.values.map((truncation) => ({
        label: truncationLabel(truncation),
        apply: (recipe) => ({ ...recipe, truncation }),
      }));
    case 'words':
      return wordSettings(base, axis.find, axis.values);
    default:
      return axis satisfies never;
  }
}

function wordSettings({ condition }: RecipeParts, find: string, values: readonly string[]): Setting[] {
  if (condition.kind !== 'text' || !find || !condition.text.includes(find)) {
    throw new UserError(
      'settings',
      `The prompt does not hold ${quoted(find)}: choose words that stand in it.`,
    );
  }
  return values.map((words) => ({
    label: words || '(nothing)',
    apply: (recipe): RecipeParts =>
      recipe.condition.kind === 'text'
        ? {
            ...recipe,
            condition: { kind: 'text', text: recipe.condition.text.replaceAll(find, () => words) },
          }
        : recipe,
  }));
}

function truncationLabel(truncation: Truncation): string {
  switch (truncation.kind) {
    case 'none':
      return 'no truncation';
    case 'topR':
      return `truncation ${truncation.r}`;
    case 'topK':
      return `the best ${truncation.k} codes`;
    default:
      return truncation satisfies never;
  }
}

/** Whether the rows leave every place where the columns put their words, and make no new one. */
function standApart({ condition }: RecipeParts, rows: Axis, columns: Axis): boolean {
  if (rows.field !== 'words' || columns.field !== 'words' || condition.kind !== 'text') return false;
  const places = (text: string) => text.split(columns.find).length;
  const { text } = condition;
  return rows.values.every((words) => places(text.replaceAll(rows.find, () => words)) === places(text));
}
