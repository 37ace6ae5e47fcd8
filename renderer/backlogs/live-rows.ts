import type { BacklogRow } from "../../engine/contract/console/backlogs.ts";
import type { LiveDelta, LiveSnapshot } from "../../engine/contract/console/live.ts";

export type Ending = LiveDelta<"backlogs">["gone"][number]["why"];

/** A row, and how it ended while it is still shown. */
export interface LiveRow {
  row: BacklogRow;
  ended: { why: Ending; at: number } | undefined;
  /** Grows with every change of the row: what a cell compares to see whether it flashes. */
  version: number;
}

/** Milliseconds that a row which ended stays in sight. */
export const LEAVING_MS = 5_000;

/** The live backlogs as the screen shows them: a value that is never changed, only replaced. */
export interface LiveRows {
  rows: ReadonlyMap<string, LiveRow>;
  /** All that live; more than the rows when there are too many to show. */
  total: number;
  silent: readonly string[];
  /** The server's time of the last news, milliseconds since the epoch. */
  at: number;
}

export const NO_ROWS: LiveRows = { rows: new Map(), total: 0, silent: [], at: 0 };

/** A new beginning; what was shown and isn't there any more is gone without anybody knowing why. */
export function rowsSnapshot(before: LiveRows, snapshot: LiveSnapshot<"backlogs">): LiveRows {
  const rows = new Map<string, LiveRow>();
  for (const row of snapshot.rows) rows.set(row.id, merged(before.rows.get(row.id), row));
  return { rows, total: snapshot.total, silent: snapshot.silent, at: snapshot.at };
}

export function rowsDelta(before: LiveRows, delta: LiveDelta<"backlogs">, now: number): LiveRows {
  const rows = new Map(before.rows);
  for (const row of delta.rows) rows.set(row.id, merged(rows.get(row.id), row));
  for (const { id, why } of delta.gone) {
    const live = rows.get(id);
    if (live !== undefined) rows.set(id, { ...live, ended: { why, at: now }, version: live.version + 1 });
  }
  return { rows, total: delta.total, silent: delta.silent, at: delta.at };
}

/** Lets go of rows that ended long enough ago; the same value when there is none. */
export function withoutEnded(before: LiveRows, now: number): LiveRows {
  const over = [...before.rows].filter(([, { ended }]) => ended !== undefined && now - ended.at >= LEAVING_MS);
  if (over.length === 0) return before;
  const rows = new Map(before.rows);
  for (const [id] of over) rows.delete(id);
  return { ...before, rows };
}

function merged(before: LiveRow | undefined, row: BacklogRow): LiveRow {
  return { row, ended: undefined, version: (before?.version ?? 0) + 1 };
}

/** Live backlogs that the server didn't send because there are too many. */
export function notShown({ rows, total }: LiveRows): number {
  let live = 0;
  for (const { ended } of rows.values()) if (ended === undefined) live += 1;
  return Math.max(0, total - live);
}

export const ENDING_WORDS: Readonly<Record<Ending, string>> = {
  complete: "Complete",
  expired: "Expired",
  closed: "Closed",
  gone: "Gone",
};
