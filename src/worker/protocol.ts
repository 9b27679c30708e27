// What the page and the worker say to each other. Types only: nothing else crosses.
import type { ErrorCode } from '../errors.ts';
import type { PictureQuestion, RunEvent, StepLook } from '../events.ts';
import type { PackManifest } from '../pack/manifest.ts';
import type { Begun } from '../recipe/begun.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { TrailStep } from '../recipe/trail.ts';
import type {
  Condition,
  DeviceReport,
  ImageTokens,
  LoadProgress,
  ProviderChoice,
  RgbaImage,
} from '../types.ts';
import type { Ping, Sign } from './signs.ts';

/** A picture in the model's own terms. */
export interface TokenPicture {
  /** None of them MASK. [positions] */
  readonly tokens: ImageTokens;
  /** What the decoder makes of them. */
  readonly image: RgbaImage;
}

export type Request =
  /** `packUrl`: absolute address of a folder, or `own:<id>`; `most`: candidates at once, fewer than the device takes. */
  | {
      readonly type: 'open';
      readonly packUrl: string;
      readonly provider: ProviderChoice;
      readonly oneThread: boolean;
      readonly most?: number;
    }
  /** `begun`: where each recipe goes on, null for its beginning; all begin where it is left out. */
  | {
      readonly type: 'generate';
      readonly run: number;
      readonly recipes: readonly Recipe[];
      readonly begun?: readonly (Begun | null)[];
    }
  /** CLIP's embedding of the picture of these tokens; `run` as of a run. */
  | { readonly type: 'embed'; readonly run: number; readonly tokens: ImageTokens }
  /** The tokens nearest to a picture of the model's own size, and their picture; `run` as of a run. */
  | { readonly type: 'encode'; readonly run: number; readonly image: RgbaImage }
  /** That step again: its figures, its picture where `draw` says so, and so many of the likeliest codes; `run` as of a run. */
  | {
      readonly type: 'look';
      readonly run: number;
      readonly step: TrailStep;
      readonly draw: boolean;
      readonly likeliest: number;
    }
  /** The picture of these tokens; `run` as of a run. */
  | { readonly type: 'draw'; readonly run: number; readonly tokens: ImageTokens }
  /** A question about a finished picture; `run` as of a run. */
  | { readonly type: 'study'; readonly run: number; readonly question: PictureQuestion }
  | { readonly type: 'cancel'; readonly run: number }
  | Ping;

export type Event =
  | Sign
  | { readonly type: 'loading'; readonly progress: LoadProgress }
  /** `notKept`: why the pack's files are not there for the next visit, in one sentence; none where they are. */
  | {
      readonly type: 'ready';
      readonly manifest: PackManifest;
      readonly device: DeviceReport;
      readonly notKept?: string;
    }
  /** All that opening fetched, by its address. */
  | { readonly type: 'fetched'; readonly addresses: readonly string[] }
  | { readonly type: 'run'; readonly run: number; readonly event: RunEvent }
  | { readonly type: 'finished'; readonly run: number; readonly cancelled: boolean }
  | { readonly type: 'embedded'; readonly run: number; readonly embedding: Condition }
  | { readonly type: 'taken up'; readonly run: number; readonly picture: TokenPicture }
  | { readonly type: 'looked'; readonly run: number; readonly look: StepLook }
  | { readonly type: 'drawn'; readonly run: number; readonly image: RgbaImage }
  /** As the question's kind says. */
  | { readonly type: 'studied'; readonly run: number; readonly values: Float32Array }
  /** `run` is null when opening failed. */
  | {
      readonly type: 'failed';
      readonly run: number | null;
      readonly error: { readonly code: ErrorCode; readonly message: string };
    };
