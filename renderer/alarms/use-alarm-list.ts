import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { AlarmRow } from "../../engine/contract/console/alarms.ts";
import { api } from "../client/api.ts";
import { useLive } from "../client/hooks.ts";
import type { LiveFault, LiveParams } from "../client/live-types.ts";
import { LiveList, type LiveListView } from "../ui/live-list.ts";
import { type Changes, FEW, PacedChanges } from "../ui/paced-changes.ts";
import { rangeAt, type ViewRange } from "../ui/time-range.ts";
import { compareBy } from "./order.ts";

const FIRST_PAGE = 200;
const NEXT_PAGE = 500;
/** Rows kept in the page at most: far more than anybody scrolls through, and the memory stays bounded. */
const MOST_ROWS = 10_000;

export interface AlarmListState {
  view: LiveListView<AlarmRow>;
  list: LiveList<AlarmRow>;
  /** Undefined until the first answer. */
  total: number | undefined;
  /** The query can't be served, and why. */
  fault: LiveFault | undefined;
  loading: boolean;
  /** More changes at once than a person can follow: cells that light up would say nothing. */
  storm: boolean;
  /** When the list came back after a time without contact. */
  backAt: number | undefined;
  loadMore: () => void;
  /** The person changed these alarms: what the server says of them takes effect at once. `all`: whatever it says. */
  expect: (ids: readonly string[] | "all") => void;
}

/** How long after a change its effects are taken for the person's own: as long as it can be undone, and a little more. */
const OWN_MS = 12_000;

function paramsOf(q: string, sort: string, range: ViewRange): LiveParams<"alarms"> {
  const time = range.kind === "last" ? { lastSeconds: range.seconds } : rangeAt(range, 0);
  return { q, sort, ...time, limit: FIRST_PAGE };
}

/** The alarms that a query finds, live; while paused they stand still. */
export function useAlarmList(q: string, sort: string, range: ViewRange, paused: boolean): AlarmListState {
  const key = JSON.stringify([q, sort, range]);
  const list = useMemo(
    () => new LiveList<AlarmRow>({ idOf, compare: compareBy(sort), most: MOST_ROWS, isNew: isNewSince(Date.now()) }),
    [sort],
  );
  const own = useRef<OwnChanges>({ ids: new Set(), until: 0 });
  const [storm, setStorm] = useState(false);
  const paced = useMemo(() => pacedInto(list, own, setStorm), [list]);
  useEffect(() => () => paced.clear(), [paced]);
  const view = useSyncExternalStore(list.subscribe, list.getView);
  const [state, setState] = useState<{ key: string; total?: number; fault?: LiveFault; backAt?: number }>({ key });
  const next = useRef<string>(undefined);
  const shownKey = useRef<string>(undefined);

  useLive("alarms", paused ? undefined : paramsOf(q, sort, range), {
    snapshot: (data, again) => {
      next.current = data.next;
      paced.clear();
      // The same list again: the order that somebody looks at stays. Another one begins at its top.
      if (shownKey.current === key) list.refresh(data.rows, data.next !== undefined);
      else list.reset(data.rows, data.next !== undefined);
      shownKey.current = key;
      setState({ key, total: data.total, ...(again ? { backAt: Date.now() } : {}) });
    },
    delta: (data) => {
      paced.add(data);
      setState((before) => (before.total === data.total ? before : { ...before, total: data.total }));
    },
    error: (fault) => setState({ key, fault }),
  });

  const loadMore = useNextPages(list, next, key, { q, sort, range });
  const expect = useCallback((ids: readonly string[] | "all") => {
    own.current = { ids: ids === "all" ? "all" : new Set(ids), until: Date.now() + OWN_MS };
  }, []);
  const current = state.key === key ? state : { key };
  return {
    ...{ view, list, loadMore, expect, storm },
    total: current.total,
    fault: current.fault,
    backAt: current.backAt,
    loading: current.total === undefined && current.fault === undefined,
  };
}

const idOf = (row: AlarmRow) => row.id;
/** Alarms that began before the list was opened come into it by an update, and aren't new. */
const isNewSince = (openedAt: number) => (row: AlarmRow) => row.created >= openedAt;

interface OwnChanges {
  ids: Set<string> | "all";
  until: number;
}

function pacedInto(
  list: LiveList<AlarmRow>,
  own: { readonly current: OwnChanges },
  onStorm: (storm: boolean) => void,
): PacedChanges<AlarmRow> {
  return new PacedChanges({
    idOf,
    hand: (changes) => {
      onStorm(changes.rows.length > FEW);
      applyChanges(list, changes, own.current, Date.now());
    },
    now: () => Date.now(),
    after: (milliseconds, run) => {
      const timer = setTimeout(run, milliseconds);
      return () => clearTimeout(timer);
    },
  });
}

function applyChanges(list: LiveList<AlarmRow>, data: Changes<AlarmRow>, own: OwnChanges, now: number): void {
  if (now > own.until) {
    list.apply(data);
    return;
  }
  const { ids } = own;
  const isOwn = (id: string) => ids === "all" || ids.has(id);
  const mine = { rows: data.rows.filter((row) => isOwn(row.id)), gone: data.gone.filter(isOwn) };
  const others = { rows: data.rows.filter((row) => !isOwn(row.id)), gone: data.gone.filter((id) => !isOwn(id)) };
  // What one closed leaves at once, what one took back comes back at once; the rest stays where somebody looks at it.
  const back = mine.rows.filter((row) => !list.has(row.id));
  const patched = mine.rows.filter((row) => list.has(row.id));
  if (mine.gone.length + back.length > 0) list.apply({ rows: back, gone: mine.gone }, "now");
  list.apply({ rows: [...patched, ...others.rows], gone: others.gone });
}

/** Loads the page behind the last row, one at a time. */
function useNextPages(
  list: LiveList<AlarmRow>,
  next: { current: string | undefined },
  key: string,
  { q, sort, range }: { q: string; sort: string; range: ViewRange },
): () => void {
  const busy = useRef<AbortController>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a page of another list is of no use.
  useEffect(
    () => () => {
      busy.current?.abort();
      busy.current = undefined;
    },
    [key],
  );
  return useCallback(() => {
    const cursor = next.current;
    if (busy.current !== undefined || cursor === undefined || !list.view.more) return;
    const asking = new AbortController();
    busy.current = asking;
    const query = { q, sort, ...rangeAt(range, Date.now()), cursor, limit: NEXT_PAGE };
    api.get("GET /alarms", { query, signal: asking.signal }).then(
      (page) => {
        next.current = page.next;
        list.append(page.rows, page.next !== undefined);
        busy.current = undefined;
      },
      () => {
        // Tried again with the next scroll; without contact the frame says so.
        if (busy.current === asking) busy.current = undefined;
      },
    );
  }, [list, next, q, sort, range]);
}
