// React's thin adapter to the store: components read by selector and act through the actions.
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { Actions } from '../store/actions.ts';
import type { ModelActions } from '../store/modelActions.ts';
import type { ModelsState, ModelsStore } from '../store/models.ts';
import type { AppState, AppStore } from '../store/store.ts';

export interface Models {
  readonly store: ModelsStore;
  readonly actions: ModelActions;
}

export interface App {
  readonly store: AppStore;
  readonly actions: Actions;
  /** Missing where the browser has no storage for models. */
  readonly models?: Models;
}

export const AppContext = createContext<App | null>(null);

function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('A component stands outside AppContext.');
  return app;
}

/** The selected part of the state; renders again when it changes by Object.is. */
export function useAppState<T>(select: (state: AppState) => T): T {
  return useStore(useApp().store, select);
}

export function useActions(): Actions {
  return useApp().actions;
}

/** Whether models can be kept here at all. */
export function useHasModels(): boolean {
  return useApp().models !== undefined;
}

/** What can be done with own models; null where none can be kept. */
export function useOwnModelActions(): ModelActions | null {
  return useApp().models?.actions ?? null;
}

function useModels(): Models {
  const { models } = useApp();
  if (!models) throw new Error('Own models are shown where the browser has no storage for them.');
  return models;
}

/** The selected part of the models' state. */
export function useModelsState<T>(select: (state: ModelsState) => T): T {
  return useStore(useModels().store, select);
}

export function useModelActions(): ModelActions {
  return useModels().actions;
}
