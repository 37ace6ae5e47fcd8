/*
 * Keys and what they do (console.md §4). A combination is written as people read it: `Shift+f`, `Ctrl+k`, `g a` for one
 * key after the other. `Mod` is Ctrl, or ⌘ on a Mac.
 */

export interface Shortcut {
  action: string;
  keys: string;
  text: string;
  group: "Go to" | "List" | "Selected" | "View" | "Debugger";
}

export const SHORTCUTS = [
  { action: "palette", keys: "Mod+k", text: "Search and commands", group: "View" },
  { action: "help", keys: "?", text: "All keys", group: "View" },
  { action: "filter", keys: "/", text: "Filter", group: "View" },
  { action: "pause", keys: "l", text: "Live or paused", group: "View" },
  { action: "apply", keys: ".", text: "Show what is new and moved", group: "View" },
  { action: "go.overview", keys: "g o", text: "Overview", group: "Go to" },
  { action: "go.alarms", keys: "g a", text: "Alarms", group: "Go to" },
  { action: "go.backlogs", keys: "g b", text: "Backlogs", group: "Go to" },
  { action: "go.directives", keys: "g d", text: "Directives", group: "Go to" },
  { action: "go.events", keys: "g e", text: "Events", group: "Go to" },
  { action: "go.assets", keys: "g s", text: "Assets", group: "Go to" },
  { action: "go.health", keys: "g h", text: "Health", group: "Go to" },
  { action: "go.settings", keys: "g ,", text: "Settings", group: "Go to" },
  { action: "row.next", keys: "j", text: "Next row", group: "List" },
  { action: "row.previous", keys: "k", text: "Previous row", group: "List" },
  { action: "row.open", keys: "Enter", text: "Open", group: "List" },
  { action: "back", keys: "Escape", text: "Back", group: "List" },
  { action: "row.select", keys: "x", text: "Select", group: "List" },
  { action: "row.extendNext", keys: "Shift+j", text: "Extend the selection down", group: "List" },
  { action: "row.extendPrevious", keys: "Shift+k", text: "Extend the selection up", group: "List" },
  { action: "cell.include", keys: "f", text: "Only this cell's value", group: "List" },
  { action: "cell.exclude", keys: "Shift+f", text: "Hide this cell's value", group: "List" },
  { action: "alarm.previous", keys: "[", text: "Previous alarm", group: "List" },
  { action: "alarm.next", keys: "]", text: "Next alarm", group: "List" },
  { action: "status", keys: "s", text: "Set the status", group: "Selected" },
  { action: "tag", keys: "t", text: "Set the tag", group: "Selected" },
  { action: "close", keys: "c", text: "Close", group: "Selected" },
  { action: "take", keys: "i", text: "In progress", group: "Selected" },
  { action: "note", keys: "n", text: "Write a note", group: "Selected" },
  { action: "undo", keys: "u", text: "Undo", group: "Selected" },
  { action: "copyLink", keys: "y", text: "Copy the link", group: "Selected" },
  { action: "replay.play", keys: "Space", text: "Play or pause", group: "Debugger" },
  { action: "replay.step", keys: "ArrowRight", text: "Step", group: "Debugger" },
  { action: "replay.back", keys: "ArrowLeft", text: "Step back", group: "Debugger" },
  { action: "replay.start", keys: "Home", text: "To the start", group: "Debugger" },
  { action: "replay.end", keys: "End", text: "To the end", group: "Debugger" },
] as const satisfies readonly Shortcut[];
export type ShortcutAction = (typeof SHORTCUTS)[number]["action"];

/** The parts of a KeyboardEvent that make a combination. */
export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** How a press is written, or undefined for a modifier alone. */
export function combinationOf(press: KeyPress, mac: boolean): string | undefined {
  if (["Shift", "Control", "Alt", "Meta", "Dead"].includes(press.key)) return undefined;
  const parts: string[] = [];
  if (mac ? press.metaKey : press.ctrlKey) parts.push("Mod");
  if (mac ? press.ctrlKey : press.metaKey) parts.push(mac ? "Ctrl" : "Meta");
  if (press.altKey) parts.push("Alt");
  const letter = /^\p{L}$/u.test(press.key);
  // Signs such as ? need Shift on some keyboards and not on others: the sign alone counts.
  if (press.shiftKey && (letter || press.key.length > 1)) parts.push("Shift");
  parts.push(letter ? press.key.toLowerCase() : press.key === " " ? "Space" : press.key);
  return parts.join("+");
}

/** All combinations with the person's own in place; one that was remapped to nothing has none. */
export function keysByAction(remapped: Readonly<Record<string, string>>): Map<ShortcutAction, string> {
  return new Map(SHORTCUTS.map(({ action, keys }) => [action, remapped[action] ?? keys]));
}

/**
 * What a press means after the one before it. `waiting`: it may be the first of two. A handler that isn't there doesn't
 * take a key away: `has` says which actions somebody handles.
 */
export function actionFor(
  keys: ReadonlyMap<ShortcutAction, string>,
  before: string | undefined,
  pressed: string,
  has: (action: ShortcutAction) => boolean,
): { action: ShortcutAction } | "waiting" | undefined {
  const wanted = before === undefined ? pressed : `${before} ${pressed}`;
  let waiting = false;
  for (const [action, combination] of keys) {
    if (!has(action)) continue;
    if (combination === wanted) return { action };
    if (combination.startsWith(`${wanted} `)) waiting = true;
  }
  return waiting ? "waiting" : undefined;
}

/** As key caps show it: `g a` → two caps, `Mod+k` → `Ctrl K`. */
export function keyCaps(keys: string, mac: boolean): string[] {
  const names: Readonly<Record<string, string>> = {
    Mod: mac ? "⌘" : "Ctrl",
    Escape: "Esc",
    Enter: "↵",
    ArrowUp: "↑",
    ArrowDown: "↓",
    ArrowLeft: "←",
    ArrowRight: "→",
  };
  return keys.split(" ").map((combination) =>
    combination
      .split("+")
      .map((part) => names[part] ?? (combination.includes("+") && part.length === 1 ? part.toUpperCase() : part))
      .join(" "),
  );
}
