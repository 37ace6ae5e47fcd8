import { keysByAction, SHORTCUTS, type ShortcutAction } from "../ui/shortcut-keys.ts";

/** Keys that aren't the usual ones, by action, as the settings keep them. */
export type Remapped = Readonly<Record<string, string>>;

/** Keys that the browser or a field needs, so that no action can take them. */
const RESERVED = ["Tab", "Shift+Tab", "Mod+c", "Mod+v", "Mod+x", "Mod+a", "Mod+t", "Mod+w", "Mod+n", "Mod+r", "F5"];

export function usualKeys(action: ShortcutAction): string {
  return SHORTCUTS.find((shortcut) => shortcut.action === action)?.keys ?? "";
}

/**
 * Why an action can't have these keys, as a sentence; undefined when it can. Two actions can't share keys, and the first of
 * two keys can't be an action of its own: pressing it would always be both.
 */
export function keyConflict(remapped: Remapped, action: ShortcutAction, keys: string): string | undefined {
  if (RESERVED.some((reserved) => keys.split(" ").includes(reserved))) return `${keys} belongs to the browser.`;
  for (const [other, theirs] of keysByAction(remapped)) {
    if (other === action || theirs === "") continue;
    const text = SHORTCUTS.find((shortcut) => shortcut.action === other)?.text ?? other;
    if (theirs === keys) return `${keys} is “${text}” already.`;
    if (theirs.startsWith(`${keys} `)) return `${keys} begins “${text}” (${theirs}).`;
    if (keys.startsWith(`${theirs} `)) return `${theirs} alone is “${text}”, so nothing can follow it.`;
  }
  return undefined;
}

/** The remapping with other keys for an action; its usual ones need no entry. */
export function withKeys(remapped: Remapped, action: ShortcutAction, keys: string): Record<string, string> {
  const { [action]: _, ...others } = remapped;
  return keys === usualKeys(action) ? others : { ...others, [action]: keys };
}
