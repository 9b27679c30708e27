// The page's state: a plain object outside React.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { UserError } from '../errors.ts';
import type { PackManifest } from '../pack/manifest.ts';
import type { Recipe, RecipeModel } from '../recipe/recipe.ts';
import type { DeviceReport, LoadProgress, ProviderChoice } from '../types.ts';
import { builtInPack } from './address.ts';
import type { BrushSource } from './brushActions.ts';
import { emptyLine, type Line } from './line.ts';
import type { OwnPicture } from './ownPicture.ts';
import type { Run } from './run.ts';
import type { Complaint, Draft } from './settings.ts';

export type PackState =
  | { readonly kind: 'opening'; readonly progress: LoadProgress | null }
  /**
   * `notKept`: why its files are not there for the next visit, in one sentence; none where they are. `care`: why it was opened
   * more carefully than usual.
   */
  | {
      readonly kind: 'ready';
      readonly device: DeviceReport;
      readonly notKept?: string;
      readonly care?: string;
    }
  | { readonly kind: 'failed'; readonly error: UserError };

/** A picture or link whose recipe is in the form. */
export interface OpenedPicture {
  /** The file's name; null for a link. */
  readonly name: string | null;
  /** Null for another tool's picture. */
  readonly recipe: Recipe | null;
  /** What else is to be said, in one sentence. */
  readonly note: string | null;
}

export interface AppState {
  readonly packUrl: string;
  readonly provider: ProviderChoice;
  /** What `auto` came to when a model was last opened with it; null before. */
  readonly autoProvider: DeviceReport['provider'] | null;
  readonly pack: PackState;
  /** Of the pack opened last; stays when opening another one fails. */
  readonly manifest: PackManifest | null;
  /** The same as recipes name it. */
  readonly model: RecipeModel | null;
  readonly draft: Draft;
  /** The pack that the form's tuning was made for: opening another one brings its own defaults. */
  readonly tunedFor: string | null;
  readonly complaint: Complaint | null;
  /** What was opened last and filled the form, until it is put away or a run begins. */
  readonly opened: OpenedPicture | null;
  /** A picture without a recipe, until it is put away. */
  readonly own: OwnPicture | null;
  /** What is being painted over. */
  readonly brush: BrushSource | null;
  /** The explainer is open. */
  readonly explaining: boolean;
  /** Why the last run failed, or a picture or link could not be opened, until the next one or until it is put away. */
  readonly runError: UserError | null;
  /** Newest first; only the first can still be running. */
  readonly runs: readonly Run[];
  /** What is made after the run at hand. */
  readonly line: Line;
  /** Those that were run, newest first, of earlier visits too. */
  readonly prompts: readonly string[];
  /** The visitor wants to be told of a run's end when they look elsewhere. */
  readonly tellWhenDone: boolean;
  /** One of the page itself that waits, and the way to it, which loads the page again. */
  readonly newVersion: { readonly take: () => void } | null;
  /** For screen readers: said once, when it changes. */
  readonly announcement: string;
}

export type AppStore = StoreApi<AppState>;

/** A store before any pack is opened. */
export function createAppStore(): AppStore {
  return createStore<AppState>(() => ({
    packUrl: builtInPack,
    provider: 'auto',
    autoProvider: null,
    pack: { kind: 'opening', progress: null },
    manifest: null,
    model: null,
    draft: {
      prompt: '',
      avoid: '',
      seed: '0',
      seedLocked: false,
      // Stand-ins until the model's defaults are known; the sliders are disabled so long.
      steps: 25,
      guidance: 1,
      truncation: { kind: 'none' },
      redraw: 0,
      looks: null,
      candidates: 4,
      sampler: 'exact',
    },
    tunedFor: null,
    complaint: null,
    opened: null,
    own: null,
    brush: null,
    explaining: false,
    runError: null,
    runs: [],
    line: emptyLine,
    prompts: [],
    tellWhenDone: false,
    newVersion: null,
    announcement: '',
  }));
}

/** The run in progress, if any. */
export function activeRun({ runs }: AppState): Run | null {
  const newest = runs[0];
  return newest && (newest.status === 'running' || newest.status === 'stopping') ? newest : null;
}
