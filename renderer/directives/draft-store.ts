import { useSyncExternalStore } from "react";

/**
 * What is being edited right now, for the parts of the screen that work with the edited text: the editor writes it with
 * each change, and hands it to the debugger, which replays with it while the editor is away.
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
let handed: DirectiveDraft | undefined;
const listeners = new Set<() => void>();

/** Undefined when nothing is edited any more. */
export function writeDraft(draft: DirectiveDraft | undefined): void {
  current = draft;
}

/** From now on the debugger replays with what is being edited at this moment; every time is another draft. */
export function handDraft(): void {
  handed = current === undefined ? undefined : { ...current };
  for (const listener of listeners) listener();
}

/** What the debugger was handed last. */
export function handedDraft(): DirectiveDraft | undefined {
  return handed;
}

export function useHandedDraft(): DirectiveDraft | undefined {
  return useSyncExternalStore(watchHanded, handedDraft);
}

export function watchHanded(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
