import { useEffect, useRef } from "react";
import type { AlarmCounts } from "../../engine/contract/console/alarms.ts";
import { api } from "../client/api.ts";
import { type Loaded, useLoaded } from "../client/hooks.ts";
import { rangeAt, type ViewRange } from "../ui/time-range.ts";

const BUCKETS = 60;
/** Facets and histogram follow the list at this pace; they are figures to choose by, not to watch. */
const REFRESH_MS = 10_000;

/** Total, facets and histogram of a query; followed while `changes` goes on changing. */
export function useCounts(q: string, range: ViewRange, changes: unknown, paused: boolean): Loaded<AlarmCounts> {
  const key = JSON.stringify([q, range]);
  const counts = useLoaded(key, (signal) =>
    api.get("GET /alarms/counts", { query: { q, ...rangeAt(range, Date.now()), buckets: BUCKETS }, signal }),
  );
  const stale = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: any change makes the figures stale.
  useEffect(() => {
    stale.current = true;
  }, [changes]);
  const { reload } = counts;
  useEffect(() => {
    if (paused) return;
    const timer = setInterval(() => {
      if (!stale.current || document.hidden) return;
      stale.current = false;
      reload();
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }, [paused, reload]);
  return counts;
}

/** How many alarms there are in the range, whatever the query; asked again as often as `turn` changes. */
export function useAllCount(range: ViewRange, turn: number): number | undefined {
  return useLoaded(JSON.stringify([range, turn]), (signal) =>
    api.get("GET /alarms/counts", { query: { q: "", ...rangeAt(range, Date.now()), facets: "node" }, signal }),
  ).data?.total;
}
