import { useEffect, useRef, useSyncExternalStore } from "react";
import type { IconName } from "./icon.tsx";
import type { ShortcutAction } from "./shortcut-keys.ts";

/** Something that the command palette offers. */
export interface Command {
  id: string;
  group: "Alarms" | "Address" | "Filter this list" | "With the selection" | "Go to" | "Commands";
  text: string;
  icon: IconName;
  /** A figure or a word at the end. */
  detail?: string;
  /** Its key, where it has one. */
  action?: ShortcutAction;
  run: () => void;
}

/** What a screen offers for what was typed; empty text: for nothing yet. */
export type CommandSource = (text: string) => readonly Command[];

const sources = new Set<{ current: CommandSource }>();
const listeners = new Set<() => void>();
let version = 0;
function changed(): void {
  version += 1;
  for (const listener of listeners) listener();
}

/** Offers commands while the component lives. */
export function useCommands(source: CommandSource): void {
  const latest = useRef(source);
  latest.current = source;
  useEffect(() => {
    sources.add(latest);
    changed();
    return () => {
      sources.delete(latest);
      changed();
    };
  }, []);
}

/** Everything that is offered now. */
export function useOffered(): (text: string) => Command[] {
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => version,
  );
  return (text) => [...sources].flatMap((source) => source.current(text));
}
