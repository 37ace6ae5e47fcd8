import { useEffect, useRef } from "react";
import type { Overview } from "../../engine/contract/console/overview.ts";
import { api } from "../client/api.ts";
import { type Loaded, useLive, useLoaded } from "../client/hooks.ts";
import { useConnection } from "../state/connection.ts";
import { usePause } from "../state/pause.ts";
import type { ViewRange } from "../ui/time-range.ts";
import { rangeQuery } from "./range.ts";

/** Figures are asked for at most so often, however fast alarms change. */
const FEWEST_MS_BETWEEN = 4_000;

/** The figures of a range. Asked for again when alarms or the services' reports change, and not while paused. */
export function useOverview(range: ViewRange): Loaded<Overview> {
  const query = rangeQuery(range);
  const loaded = useLoaded(JSON.stringify(query), (signal) => api.get("GET /overview", { query, signal }));
  const { paused } = usePause();
  const { reload } = loaded;
  const changed = useThrottled(reload, paused);
  useLive("alarms", range.kind === "between" ? undefined : { q: "risk>=0", limit: 1 }, {
    snapshot: changed,
    delta: changed,
  });
  const reportedAt = useConnection(({ health }) => health?.at);
  useEffect(() => {
    if (reportedAt !== undefined && range.kind !== "between") changed();
  }, [reportedAt, range.kind, changed]);
  return loaded;
}

/** Runs at once when the last run was long ago, else once that time has passed; what comes meanwhile is the same run. */
function useThrottled(run: () => void, paused: boolean): () => void {
  const state = useRef<{ last: number; timer: ReturnType<typeof setTimeout> | undefined; ask: () => void }>(undefined);
  const latest = useRef({ run, paused });
  latest.current = { run, paused };
  useEffect(() => {
    const { current } = state;
    return () => clearTimeout(current?.timer);
  }, []);
  state.current ??= {
    // The first figures are on their way already.
    last: Date.now(),
    timer: undefined,
    ask() {
      const mine = state.current;
      if (mine === undefined || mine.timer !== undefined || latest.current.paused) return;
      mine.timer = setTimeout(
        () => {
          mine.timer = undefined;
          mine.last = Date.now();
          if (!latest.current.paused) latest.current.run();
        },
        Math.max(0, mine.last + FEWEST_MS_BETWEEN - Date.now()),
      );
    },
  };
  return state.current.ask;
}
