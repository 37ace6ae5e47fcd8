import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

/** Live or paused. A pause concerns the display only; `at` is the clock it stopped at, in milliseconds since the epoch. */
export type PauseState = { paused: false } | { paused: true; at: number };

export const pauseStore = createStore<PauseState>(() => ({ paused: false }));
export function usePause(): PauseState {
  return useStore(pauseStore);
}
export function togglePause(now: number): void {
  pauseStore.setState(pauseStore.getState().paused ? { paused: false } : { paused: true, at: now }, true);
}
