// What the page and the import worker say to each other. Types only: nothing else crosses.
import type { WeightChoice } from '../convert/chooseTensors.ts';
import type { ClipActivation, Inspection, ModelKind } from '../convert/inspect.ts';
import type { Verified } from '../delivery/verifyPack.ts';
import type { ErrorCode } from '../errors.ts';
import type { WeightType } from '../types.ts';
import type { Ping, Sign } from './signs.ts';

export type { ClipActivation, Inspection, ModelKind, Verified, WeightChoice };

/** A conversion into the browser's storage. */
export interface ImportJob {
  readonly files: Readonly<Record<ModelKind, File>>;
  readonly name: string;
  readonly license: string;
  readonly weightType: WeightType;
  /** Null: as the authors would have chosen them. */
  readonly heads: number | null;
  /** Null: what the file tells. */
  readonly clipActivation: ClipActivation | null;
  /** Where a file holds both. */
  readonly weights: WeightChoice;
  /** Absolute address of the folder that tokenizer.json and tokenizer_config.json are taken from, with its slash. */
  readonly tokenizerUrl: string;
}

/** First every weight, or file, is read once and checked, then the pack is written, then one step of it computed. */
export interface ImportProgress {
  readonly stage: 'check' | 'write' | 'step';
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** `task` tells answers apart. */
export type ImportRequest =
  | { readonly type: 'inspect'; readonly task: number; readonly file: File }
  | { readonly type: 'convert'; readonly task: number; readonly job: ImportJob }
  /** `pack`: absolute address of its folder, or `own:<id>`. */
  | { readonly type: 'verify'; readonly task: number; readonly pack: string }
  | { readonly type: 'cancel'; readonly task: number }
  | Ping;

/** What a task hears. */
export type TaskEvent =
  | { readonly type: 'inspected'; readonly task: number; readonly inspection: Inspection }
  | { readonly type: 'progress'; readonly task: number; readonly progress: ImportProgress }
  /** `id` of the new pack; null when it was cancelled. */
  | { readonly type: 'converted'; readonly task: number; readonly id: string | null }
  | { readonly type: 'verified'; readonly task: number; readonly verified: Verified }
  | {
      readonly type: 'failed';
      readonly task: number;
      readonly error: { readonly code: ErrorCode; readonly message: string };
    };

export type ImportEvent = TaskEvent | Sign;
