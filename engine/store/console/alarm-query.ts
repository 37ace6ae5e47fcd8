import type { ALARM_FACETS } from "../../contract/console/alarms.ts";
import { parseQuery } from "../../query/parse.ts";
import type { Query } from "../../query/query.ts";
import { ALARM_VOCABULARY } from "../../query/vocabulary.ts";

/** Which alarms are meant. */
export interface AlarmQuery {
  /** Without one: those that aren't in the last configured status. */
  q?: string | undefined;
  /** Milliseconds since the epoch, on the time of the last update; both ends are included. */
  from?: number | undefined;
  to?: number | undefined;
  /** What `now` means in the query. */
  nowMs: number;
}

const DEFAULT_QUERY = "is:open";

/** @throws QueryError */
export function readAlarmQuery(q: string | undefined): Query {
  return parseQuery(q ?? DEFAULT_QUERY, ALARM_VOCABULARY);
}

/** The query with its time range. */
export function withRange(query: Query, { from, to }: AlarmQuery): Query {
  const at = { column: 0, length: 0 };
  const bound = (comparison: ">=" | "<", ms: number): Query => ({
    kind: "test",
    field: "updated",
    test: { of: "time", comparison, times: [{ kind: "at", text: "", from: ms, to: ms + 1 }] },
    at,
  });
  return both([
    query,
    ...(from === undefined ? [] : [bound(">=", from)]),
    ...(to === undefined ? [] : [bound("<", to + 1)]),
  ]);
}

/** What the query says of other fields than that of a facet: its counts show what else could be chosen there. */
export function withoutField(query: Query, facet: (typeof ALARM_FACETS)[number]): Query {
  if (query.kind !== "and") return isOf(query, facet) ? { kind: "all" } : query;
  return both(query.parts.filter((part) => !isOf(part, facet)));
}

function isOf(query: Query, facet: string): boolean {
  const test = query.kind === "not" ? query.part : query;
  if (test.kind !== "test") return false;
  if (facet === "status" && test.field === "is" && test.test.of === "choice") {
    return test.test.values.every((value) => value === "open" || value === "closed");
  }
  return test.field === facet || (facet === "risk" && test.field === "class");
}

function both(parts: readonly Query[]): Query {
  const wanted = parts.flatMap((part) => (part.kind === "and" ? part.parts : part.kind === "all" ? [] : [part]));
  const [first] = wanted;
  if (first === undefined) return { kind: "all" };
  return wanted.length === 1 ? first : { kind: "and", parts: wanted };
}
