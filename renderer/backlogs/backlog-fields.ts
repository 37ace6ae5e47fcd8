import type { BacklogRow } from "../../engine/contract/console/backlogs.ts";
import { parseQuery } from "../../engine/query/parse.ts";
import { type FieldTable, predicateOf } from "../../engine/query/predicate.ts";
import { QueryError } from "../../engine/query/query-error.ts";
import { oneEventAway } from "./presets.ts";

/** What a filter may ask of a live backlog; the language is the one of alarms. */
const BACKLOG_FIELDS: FieldTable<BacklogRow> = {
  fields: {
    id: { kind: "text", get: (row) => row.id },
    title: { kind: "text", get: (row) => row.title },
    rule: { kind: "text", get: (row) => row.rule },
    directive: { kind: "number", get: (row) => row.directiveId },
    node: { kind: "text", get: (row) => row.node },
    src: { kind: "address", get: (row) => row.source },
    dst: { kind: "address", get: (row) => row.destination },
    ip: { kind: "address", get: (row) => [row.source, row.destination] },
    risk: { kind: "number", get: (row) => row.risk },
    next: { kind: "number", get: (row) => row.nextRisk ?? [] },
    stage: { kind: "number", get: (row) => row.stage },
    stages: { kind: "number", get: (row) => row.stages },
    events: { kind: "number", get: (row) => row.events },
    missing: { kind: "number", get: (row) => row.occurrence - row.count },
    updated: { kind: "time", get: (row) => row.updateTime * 1000 },
    age: { kind: "age", of: "updated" },
    is: {
      kind: "choice",
      values: ["close", "alarm"],
      is: (row, value) => (value === "close" ? oneEventAway(row) : row.createdTime > 0),
    },
  },
  texts: (row) => [row.id, row.title, row.rule, row.source, row.destination, row.node],
};

/** A filter that was read, or what is wrong with it and where. */
export type BacklogFilter =
  | { ok: true; fits: (row: BacklogRow, now: number) => boolean }
  | { ok: false; error: string; column: number; length: number };

export function backlogFilter(text: string): BacklogFilter {
  try {
    return { ok: true, fits: predicateOf(parseQuery(text, BACKLOG_FIELDS), BACKLOG_FIELDS) };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return { ok: false, error: error.message, column: error.column, length: error.length };
  }
}
