// The dialog of a grid: what is written there, and the way from it to a job.
import { UserError } from '../errors.ts';
import { readAxis } from '../recipe/axis.ts';
import { type Axis, planGrid } from '../recipe/grid.ts';
import type { RecipeParts } from '../recipe/recipe.ts';
import { countPrompts, expandPrompt } from '../recipe/wildcards.ts';
import type { Job } from './line.ts';
import { type Draft, findComplaint, recipesOf } from './settings.ts';
import type { AppState } from './store.ts';

export type AxisField = Axis['field'];

export interface AxisForm {
  readonly field: AxisField;
  /** As written. */
  readonly text: string;
}

export interface GridForm {
  readonly columns: AxisForm;
  /** Null for a single row. */
  readonly rows: AxisForm | null;
}

export type GridPlan =
  | { readonly kind: 'job'; readonly job: Job }
  | {
      readonly kind: 'complaint';
      readonly about: 'columns' | 'rows' | 'grid';
      readonly message: string;
    };

/** Values to begin with, and to see how they are written. */
export function suggestedValues(field: AxisField, draft: Draft, timesteps: number): string {
  switch (field) {
    case 'steps':
      return [5, 10, 25].map((steps) => Math.min(steps, timesteps)).join(', ');
    case 'guidance':
      return draft.guidance > 1.5 ? `1, ${draft.guidance}, ${2 * draft.guidance - 1}` : '1, 1.5, 2';
    case 'truncation':
      return '0.6, 0.8, off';
    case 'seed': {
      const seed = /^\s*\d{1,9}\s*$/.test(draft.seed) ? Number(draft.seed) : 1;
      return `${seed}-${seed + 2}`;
    }
    case 'words':
      return '';
    default:
      return field satisfies never;
  }
}

/** What the form stands for with this draft and the open model; null while none is open. */
export function gridPlan(
  form: GridForm,
  { draft, model, manifest, pack }: Pick<AppState, 'draft' | 'model' | 'manifest' | 'pack'>,
): GridPlan | null {
  if (!model || !manifest || pack.kind !== 'ready') return null;
  const { arithmetic } = pack.device;
  let about: 'columns' | 'rows' | 'grid' = 'grid';
  try {
    const base = baseOf(draft, (plain) => recipesOf(plain, model, arithmetic)[0]);
    about = 'columns';
    const columns = readAxis(form.columns.field, form.columns.text, manifest.timesteps);
    planGrid(base, columns, null);
    about = 'rows';
    const rows = form.rows && readAxis(form.rows.field, form.rows.text, manifest.timesteps);
    if (rows) planGrid(base, rows, null);
    about = 'grid';
    const { recipes, columns: across, rows: down } = planGrid(base, columns, rows);
    const grid = { columns: across, rows: down };
    return { kind: 'job', job: { prompt: draft.prompt, recipes, grid } };
  } catch (error) {
    if (error instanceof UserError) return { kind: 'complaint', about, message: error.message };
    throw error;
  }
}

/** @throws {UserError} `settings` when the form cannot be run, or its prompt stands for several */
function baseOf(draft: Draft, recipe: (draft: Draft) => RecipeParts): RecipeParts {
  const alone = { ...draft, candidates: 1 };
  const complaint = findComplaint(alone);
  if (complaint) throw new UserError('settings', complaint.message);
  if (countPrompts(draft.prompt) > 1) {
    throw new UserError(
      'settings',
      'The prompt has choices of its own: take one of them, and put the others on an axis of words.',
    );
  }
  const [text] = expandPrompt(draft.prompt, Number(draft.seed), 1);
  return { ...recipe(alone), condition: { kind: 'text', text } };
}
