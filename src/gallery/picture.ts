// What the gallery knows of a picture: little for the list, everything when it is opened.
import type { Recipe } from '../recipe/recipe.ts';
import type { StepTokens } from './steps.ts';

/** Which picture of a film it is. */
export interface FilmPlace {
  /** Of the film, as of a picture. */
  readonly id: string;
  /** From 0. */
  readonly frame: number;
  /** How many the film was to have. */
  readonly frames: number;
}

/** What the list holds of each picture; the rest is read when the picture is shown. */
export interface Head {
  /** 128 random bits as 32 hexadecimal digits: no two tabs make the same one. */
  readonly id: string;
  /** Milliseconds since 1970; later for each picture that a tab keeps. */
  readonly time: number;
  /** What the recipe's condition is about, as of promptOf. */
  readonly prompt: string;
  readonly seed: number;
  /** Name of the model, for people; the recipe has its id and fingerprint. */
  readonly model: string;
  /** Cosine of the picture's CLIP embedding to its prompt's. */
  readonly score: number | null;
  readonly favourite: boolean;
  readonly width: number;
  readonly height: number;
  /** Of the PNG. */
  readonly bytes: number;
  readonly film: FilmPlace | null;
}

/** A finished picture on its way into the gallery. */
export interface NewPicture {
  readonly png: Blob;
  readonly recipe: Recipe;
  readonly model: {
    readonly name: string;
    readonly image: { readonly width: number; readonly height: number };
  };
  readonly score: number | null;
  /** Null where they are not known, as for a picture that was not made here. */
  readonly steps: StepTokens | null;
  readonly film: FilmPlace | null;
}

export interface KeptPicture {
  readonly head: Head;
  readonly png: Blob;
  /** Null when it cannot be read, as one of a newer page; the PNG has it too. */
  readonly recipe: Recipe | null;
  readonly steps: StepTokens | null;
}
