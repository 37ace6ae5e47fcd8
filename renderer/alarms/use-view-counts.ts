import { useEffect, useRef, useState } from "react";
import { api } from "../client/api.ts";
import { rangeAt } from "../ui/time-range.ts";
import { CountRounds } from "./count-rounds.ts";
import { readView } from "./view.ts";

interface CountedView {
  id: string;
  /** The query part of its address. */
  search: string;
}

/** How many alarms each view has, by its id; counted anew, one after the other, while the alarms change. */
export function useViewCounts(
  views: readonly CountedView[],
  closed: string,
  changes: unknown,
  still: boolean,
): ReadonlyMap<string, number> {
  const [counts, setCounts] = useState<ReadonlyMap<string, number>>(new Map());
  const latest = useRef({ views, still });
  latest.current = { views, still };
  const rounds = useRef<CountRounds>(undefined);
  const key = views.map(({ id, search }) => `${id} ${search}`).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the views; other views are counted at once.
  useEffect(() => {
    const made = new CountRounds({
      ids: () => latest.current.views.map(({ id }) => id),
      count: async (id, signal) => {
        const view = latest.current.views.find((each) => each.id === id);
        const { q, range } = readView(new URLSearchParams(view?.search), closed);
        const query = { q, ...rangeAt(range, Date.now()), facets: "node" };
        return (await api.get("GET /alarms/counts", { query, signal })).total;
      },
      onCount: (id, count) => setCounts((before) => new Map(before).set(id, count)),
      now: () => performance.now(),
      isWanted: () => !document.hidden && !latest.current.still,
    });
    rounds.current = made;
    return () => made.end();
  }, [key, closed]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: any change makes the counts stale.
  useEffect(() => rounds.current?.changed(), [changes]);
  return counts;
}
