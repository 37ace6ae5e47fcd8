import { useSyncExternalStore } from "react";

/**
 * What is being edited right now, for the parts of the screen that work with the edited text: the editor writes it with
 * each change, the debugger replays with it.
 */
export interface DirectiveDraft {
  /** The file that it is saved to; it may not be there yet. */
  fileName: string;
  /** The whole file with the edited directive in its place. */
  fileText: string;
  /** As the edited text says it; undefined while a whole file is edited, or while the text names none. */
  directiveId: number | undefined;
  /** The edited directive alone; the whole file while that is edited. */
  directiveText: string;
  /** Whether it differs from what is saved. */
  changed: boolean;
}

let current: DirectiveDraft | undefined;
const listeners = new Set<() => void>();

export function readDraft(): DirectiveDraft | undefined {
  return current;
}

/** Undefined when nothing is edited any more. */
export function writeDraft(draft: DirectiveDraft | undefined): void {
  current = draft;
  for (const listener of listeners) listener();
}

export function watchDraft(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useDirectiveDraft(): DirectiveDraft | undefined {
  return useSyncExternalStore(watchDraft, readDraft);
}
