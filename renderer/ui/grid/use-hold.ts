import { type RefObject, useCallback, useEffect, useRef } from "react";

/**
 * Whether somebody looks closely at the list (console.md §3): it is scrolled, hovered, focused, or rows are selected. Then
 * its order stands still. Calls back when that changes.
 */
export function useHold(
  grid: RefObject<HTMLElement | null>,
  hasSelection: boolean,
  onHold: ((held: boolean) => void) | undefined,
): { check: () => void; hover: (over: boolean) => void } {
  const hovered = useRef(false);
  const held = useRef(false);
  const latest = useRef({ hasSelection, onHold });
  latest.current = { hasSelection, onHold };
  const check = useCallback(() => {
    const element = grid.current;
    if (element === null) return;
    const focused = element.contains(document.activeElement);
    const now = element.scrollTop > 0 || hovered.current || focused || latest.current.hasSelection;
    if (now === held.current) return;
    held.current = now;
    latest.current.onHold?.(now);
  }, [grid]);
  const hover = useCallback(
    (over: boolean) => {
      hovered.current = over;
      check();
    },
    [check],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: a selection that comes or goes is a reason to look again.
  useEffect(check, [check, hasSelection]);
  return { check, hover };
}
