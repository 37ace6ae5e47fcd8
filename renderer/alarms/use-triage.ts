import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { AlarmRow } from "../../engine/contract/console/alarms.ts";
import type { GridHandle } from "../ui/grid/grid-props.ts";
import { NOTHING_SELECTED, type Selection } from "../ui/grid/selection.ts";
import { rangeAt } from "../ui/time-range.ts";
import type { BulkTarget } from "./bulk-change.ts";
import type { AlarmListState } from "./use-alarm-list.ts";
import { type Bulk, useBulk } from "./use-bulk.ts";
import { readSelected, type ViewControl } from "./view.ts";

export interface Triage {
  active: string | undefined;
  setActive: (id: string) => void;
  selection: Selection;
  setSelection: (selection: Selection) => void;
  /** Everything that the query finds is chosen. */
  all: boolean;
  selectAll: () => void;
  clear: () => void;
  bulk: Bulk;
  grid: { current: GridHandle | null };
  open: (row: AlarmRow) => void;
  /** Goes on to the alarm after or before, in the list and in the pane. */
  step: (by: number) => void;
}

/** What is active, open and chosen in the list, and what is done to it. */
export function useTriage(state: AlarmListState, control: ViewControl): Triage {
  const { view, setOpen, setSelected } = control;
  const grid = useRef<GridHandle>(null);
  const [active, setActiveId] = useState<string | undefined>(view.open);
  const [selection, setSelectionState] = useState<Selection>(selectedAtFirst);
  const [all, setAll] = useState(false);

  const setSelection = useCallback(
    (next: Selection) => {
      setSelectionState(next);
      setAll(false);
      setSelected(next.ids);
    },
    [setSelected],
  );
  const clear = useCallback(() => setSelection(NOTHING_SELECTED), [setSelection]);
  // Another query finds other alarms; what "all matching" meant is gone with the old one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the query matters.
  useEffect(() => setAll(false), [view.q]);

  const isOpen = view.open !== undefined;
  const setActive = useCallback(
    (id: string) => {
      setActiveId(id);
      state.list.seen(id);
      if (isOpen) setOpen(id);
    },
    [state.list, isOpen, setOpen],
  );
  const open = useCallback(
    (row: AlarmRow) => {
      setActiveId(row.id);
      state.list.seen(row.id);
      setOpen(row.id);
    },
    [state.list, setOpen],
  );
  const step = useCallback((by: number) => void grid.current?.step(by), []);

  const target = (): BulkTarget | undefined => {
    if (all) return { kind: "matching", q: view.q, ...rangeAt(view.range, Date.now()), count: state.total ?? 0 };
    if (selection.ids.size > 0) return { kind: "ids", ids: [...selection.ids] };
    return active === undefined ? undefined : { kind: "ids", ids: [active] };
  };
  const bulk = useBulk({
    target,
    onBegin: (chosen, change) => {
      state.expect(chosen.kind === "ids" ? chosen.ids : "all");
      // One after the other: whoever closes the active alarm goes on with the next.
      const isOne = chosen.kind === "ids" && chosen.ids.length === 1 && chosen.ids[0] === active;
      if (isOne && (change === "delete" || "status" in change)) step(1);
    },
    onDone: (chosen) => {
      if (chosen.kind === "matching" || selection.ids.size > 0) clear();
    },
  });
  return useMemo(
    () => ({
      active,
      setActive,
      selection,
      setSelection,
      all,
      selectAll: () => setAll(true),
      clear,
      bulk,
      grid,
      open,
      step,
    }),
    [active, setActive, selection, setSelection, all, clear, bulk, open, step],
  );
}

function selectedAtFirst(): Selection {
  const { hash } = location;
  const ids = readSelected(new URLSearchParams(hash.slice(hash.indexOf("?") + 1)));
  return ids.length === 0 ? NOTHING_SELECTED : { ids: new Set(ids), anchor: undefined };
}
