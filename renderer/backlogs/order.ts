import type { BacklogRow } from "../../engine/contract/console/backlogs.ts";
import type { LiveRow } from "./live-rows.ts";

const BACKLOG_SORTS = [
  "deadline",
  "directive",
  "title",
  "stage",
  "source",
  "target",
  "risk",
  "next",
  "last",
  "events",
] as const;
type SortField = (typeof BACKLOG_SORTS)[number];
export const DEFAULT_SORT = "deadline";

/** A sort as the address has it, `-risk` for descending; nonsense is the usual one. */
export function sortOf(text: string | null): string {
  const field = (text ?? "").replace(/^-/, "");
  return text !== null && BACKLOG_SORTS.some((each) => each === field) ? text : DEFAULT_SORT;
}

const VALUES: Readonly<Record<SortField, (row: BacklogRow) => number | string>> = {
  deadline: (row) => row.deadline,
  directive: (row) => row.directiveId,
  title: (row) => row.title,
  // How far it is, in stages and parts of one.
  stage: (row) => row.stage / row.stages + row.count / row.occurrence / row.stages / 2,
  source: (row) => row.source,
  target: (row) => row.destination,
  risk: (row) => row.risk,
  next: (row) => row.nextRisk ?? -1,
  last: (row) => -row.updateTime,
  events: (row) => row.events,
};

export function compareBy(sort: string): (a: LiveRow, b: LiveRow) => number {
  const descending = sort.startsWith("-");
  const field = BACKLOG_SORTS.find((each) => each === sort.replace(/^-/, "")) ?? DEFAULT_SORT;
  const read = VALUES[field];
  return (a, b) => {
    const order = compare(read(a.row), read(b.row)) * (descending ? -1 : 1);
    return order !== 0 ? order : compare(a.row.id, b.row.id);
  };
}

function compare(a: number | string, b: number | string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

export interface Arranged {
  rows: readonly LiveRow[];
  /** While the order is held: rows that wait for their place, and rows that would stand elsewhere. */
  added: number;
  moved: number;
}

/**
 * Puts rows in order. With `held`, the ids as they stood when somebody began to look, those keep their places, those that
 * left leave, and what is new waits and is counted.
 */
export function arrange(
  rows: readonly LiveRow[],
  order: (a: LiveRow, b: LiveRow) => number,
  held: readonly string[] | undefined,
): Arranged {
  if (held === undefined) return { rows: rows.toSorted(order), added: 0, moved: 0 };
  const byId = new Map(rows.map((live) => [live.row.id, live]));
  const kept = held.flatMap((id) => {
    const live = byId.get(id);
    return live === undefined ? [] : [live];
  });
  const moved = kept.filter((live, at) => {
    const before = kept[at - 1];
    return before !== undefined && order(before, live) > 0;
  }).length;
  return { rows: kept, added: rows.length - kept.length, moved };
}
