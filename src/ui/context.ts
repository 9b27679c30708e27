// React's thin adapter to the store: components read by selector and act through the actions.
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { Actions } from '../store/actions.ts';
import type { KeptState, KeptStore } from '../store/kept.ts';
import type { KeptActions } from '../store/keptActions.ts';
import type { ModelActions } from '../store/modelActions.ts';
import type { ModelsState, ModelsStore } from '../store/models.ts';
import type { AppState, AppStore } from '../store/store.ts';

export interface Models {
  readonly store: ModelsStore;
  readonly actions: ModelActions;
}

export interface Kept {
  readonly store: KeptStore;
  readonly actions: KeptActions;
}

export interface App {
  readonly store: AppStore;
  readonly actions: Actions;
  readonly models: Models;
  readonly kept: Kept;
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

/** The selected part of the models' state. */
export function useModelsState<T>(select: (state: ModelsState) => T): T {
  return useStore(useApp().models.store, select);
}

export function useModelActions(): ModelActions {
  return useApp().models.actions;
}

/** The selected part of the kept pictures' state. */
export function useKeptState<T>(select: (state: KeptState) => T): T {
  return useStore(useApp().kept.store, select);
}

export function useKeptActions(): KeptActions {
  return useApp().kept.actions;
}
