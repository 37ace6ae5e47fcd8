import { useMemo, useSyncExternalStore } from "react";

/** Whether the window is narrower than so many pixels. */
export function useIsNarrow(below: number): boolean {
  const query = useMemo(() => window.matchMedia(`(max-width: ${below - 1}px)`), [below]);
  return useSyncExternalStore(
    (listener) => {
      query.addEventListener("change", listener);
      return () => query.removeEventListener("change", listener);
    },
    () => query.matches,
  );
}
