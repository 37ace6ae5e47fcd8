import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from "react";
import { actionFor, combinationOf, keyCaps, keysByAction, type ShortcutAction } from "./shortcut-keys.ts";

type Handlers = Partial<Record<ShortcutAction, () => void>>;

const IS_MAC = /mac/i.test(navigator.platform);
/** The second of two keys must come within this time. */
const SECOND_KEY_MS = 1_500;
/** Overlays have keys of their own: while one is open, only theirs count. */
const OPEN_OVERLAY = ".bp6-overlay-open .bp6-dialog, .bp6-popover .bp6-menu, .palette";

interface Registry {
  keys: ReadonlyMap<ShortcutAction, string>;
  /** The last that came handles first: a dialog before its screen. */
  stack: Handlers[];
}
const RegistryContext = createContext<Registry>({ keys: keysByAction({}), stack: [] });

/** Listens to the keys of the whole page. `remapped` comes from the settings. */
export function ShortcutProvider({ remapped, children }: { remapped: Record<string, string>; children: ReactNode }) {
  const stack = useRef<Handlers[]>([]);
  const registry = useMemo<Registry>(() => ({ keys: keysByAction(remapped), stack: stack.current }), [remapped]);
  useEffect(() => listen(registry), [registry]);
  return <RegistryContext value={registry}>{children}</RegistryContext>;
}

function listen(registry: Registry): () => void {
  let before: string | undefined;
  let forget: ReturnType<typeof setTimeout> | undefined;
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    const pressed = combinationOf(event, IS_MAC);
    if (pressed === undefined) return;
    const first = before;
    before = undefined;
    clearTimeout(forget);
    // An editor lives in a shadow of its own, whose host alone shows as the target.
    if (isTyping(event.composedPath()[0] ?? null) && !pressed.includes("Mod+")) return;
    if (document.querySelector(OPEN_OVERLAY) !== null && pressed !== "Mod+k") return;
    if (keepsKey(event.target, pressed)) return;
    const handlerOf = (action: ShortcutAction) =>
      registry.stack.findLast((handlers) => handlers[action] !== undefined)?.[action];
    const found = actionFor(registry.keys, first, pressed, (action) => handlerOf(action) !== undefined);
    if (found === undefined) return;
    event.preventDefault();
    if (found === "waiting") {
      before = pressed;
      forget = setTimeout(() => {
        before = undefined;
      }, SECOND_KEY_MS);
      return;
    }
    handlerOf(found.action)?.();
  };
  window.addEventListener("keydown", onKey);
  return () => {
    window.removeEventListener("keydown", onKey);
    clearTimeout(forget);
  };
}

/** A button or link that has the focus keeps its own Enter, and what is moved by arrows keeps those. */
function keepsKey(target: EventTarget | null, pressed: string): boolean {
  if (!(target instanceof Element)) return false;
  if (pressed === "Enter") return target.closest("a, button, summary") !== null;
  if (pressed === "Space") return target.closest("button, summary, input") !== null;
  return (
    /^(Arrow|Home$|End$)/.test(pressed) && target.closest("input, [role=radio], [role=slider], [role=tab]") !== null
  );
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button"].includes(target.type);
}

/** Handles actions while the component lives. An action whose handler is undefined is left to whoever stands behind. */
export function useShortcuts(handlers: Handlers): void {
  const { stack } = useContext(RegistryContext);
  const latest = useRef(handlers);
  latest.current = handlers;
  const names = Object.entries(handlers)
    .filter(([, run]) => run !== undefined)
    .map(([name]) => name)
    .join(" ");
  useEffect(() => {
    const mine: Handlers = {};
    for (const name of names.split(" ") as ShortcutAction[]) mine[name] = () => latest.current[name]?.();
    stack.push(mine);
    return () => {
      stack.splice(stack.indexOf(mine), 1);
    };
  }, [stack, names]);
}

/** Runs an action as its key would: for menus, the palette and the desktop's menu bar. */
export function useRunAction(): (action: ShortcutAction) => void {
  const { stack } = useContext(RegistryContext);
  return useMemo(() => (action) => stack.findLast((handlers) => handlers[action] !== undefined)?.[action]?.(), [stack]);
}

/** The caps of an action's keys, as they are mapped now; beside a button's word they are only to be seen. */
export function Keys({ action, spoken }: { action: ShortcutAction; spoken?: boolean }) {
  const { keys } = useContext(RegistryContext);
  const combination = keys.get(action);
  if (combination === undefined || combination === "") return null;
  return (
    <span className="keys" aria-hidden={!spoken}>
      {keyCaps(combination, IS_MAC).map((cap) => (
        <kbd key={cap} className="kbd">
          {cap}
        </kbd>
      ))}
    </span>
  );
}
