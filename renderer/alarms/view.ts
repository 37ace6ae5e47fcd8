import { useMemo } from "react";
import { useUrlState } from "../ui/hash-location.ts";
import { writeTerm } from "../ui/query-terms.ts";
import { readRange, type ViewRange } from "../ui/time-range.ts";

const USUAL_SORT = "-updated";
/** Selected ids that an address carries; a longer selection stays in the page. */
const MOST_SELECTED = 40;

/** What the list shows, as its address says it. */
export interface AlarmView {
  q: string;
  sort: string;
  range: ViewRange;
  /** The alarm in the pane. */
  open: string | undefined;
}

/** What is shown unless somebody asks for something else: all that isn't done (console.md §2). */
export function usualQuery(closed: string): string {
  return writeTerm({ not: true, field: "status", operator: ":", values: [closed] });
}

export function readView(url: URLSearchParams, closed: string): AlarmView {
  return {
    q: url.get("q") ?? usualQuery(closed),
    sort: url.get("sort") ?? USUAL_SORT,
    range: readRange(url.get("t")),
    open: url.get("sel") ?? undefined,
  };
}

export function readSelected(url: URLSearchParams): string[] {
  return (url.get("x") ?? "").split(",").filter((id) => id !== "");
}

export interface ViewControl {
  view: AlarmView;
  setQuery: (q: string) => void;
  setSort: (sort: string) => void;
  setOpen: (id: string | undefined) => void;
  setSelected: (ids: ReadonlySet<string>) => void;
}

export function useView(closed: string): ViewControl {
  const [url, change] = useUrlState();
  return useMemo(
    () => ({
      view: readView(url, closed),
      setQuery: (q) => change({ q: q === usualQuery(closed) ? undefined : q, x: undefined }, "push"),
      setSort: (sort) => change({ sort: sort === USUAL_SORT ? undefined : sort }),
      setOpen: (id) => change({ sel: id, ...(id === undefined ? { tab: undefined, event: undefined } : {}) }),
      setSelected: (ids) => change({ x: ids.size === 0 || ids.size > MOST_SELECTED ? undefined : [...ids].join(",") }),
    }),
    [url, change, closed],
  );
}
