import { useCallback, useMemo, useRef } from "react";
import type { ConsoleEvent } from "../../engine/contract/console/events.ts";
import { useUrlState } from "../ui/hash-location.ts";

type Mode = "live" | "search";

export const idOf = ({ id }: ConsoleEvent): string => String(id);

export interface EventsView {
  mode: Mode;
  setMode: (mode: Mode) => void;
  query: string;
  setQuery: (query: string) => void;
  /** The id of the opened event. */
  opened: string | undefined;
  open: (id: string | undefined) => void;
  /** Whether the opened event is explained, in place of shown. */
  explained: boolean;
  explain: (id: string | undefined) => void;
}

export function useEventsView(): EventsView {
  const [url, change] = useUrlState();
  return {
    mode: url.get("mode") === "search" ? "search" : "live",
    setMode: (mode) => change({ mode: mode === "live" ? undefined : mode, event: undefined, why: undefined }),
    query: url.get("q") ?? "",
    setQuery: (q) => change({ q: q === "" ? undefined : q }),
    opened: url.get("event") ?? undefined,
    open: useCallback((id: string | undefined) => change({ event: id, why: undefined }), [change]),
    explained: url.get("why") === "1",
    explain: useCallback((id: string | undefined) => change({ event: id, why: "1" }), [change]),
  };
}

/** The opened event, also after it left the table. */
export function useOpened(rows: readonly ConsoleEvent[], id: string | undefined): ConsoleEvent | undefined {
  const last = useRef<ConsoleEvent | undefined>(undefined);
  const found = useMemo(() => (id === undefined ? undefined : rows.find((row) => idOf(row) === id)), [rows, id]);
  if (found !== undefined) last.current = found;
  return id === undefined || last.current === undefined || idOf(last.current) !== id ? undefined : last.current;
}
