import type { Verdict } from "../contract/console/events.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import type { FieldTable } from "./predicate.ts";
import type { Query } from "./query.ts";

/** An event as it is searched. */
export interface SearchedEvent {
  readonly event: NormalizedEvent;
  readonly verdict: Verdict;
}

const OUTCOMES = ["matched", "unmatched", "nodirective", "rejected", "unknown"] as const;
/** What can't be said of an event before the backends have had it. */
const OF_VERDICT: ReadonlySet<string> = new Set(["outcome", "directive", "backlog"]);

/** The fields of events (contract/console/events.ts). */
export const EVENT_FIELDS: FieldTable<SearchedEvent> = {
  fields: {
    id: { kind: "text", get: ({ event }) => event.event_id },
    time: { kind: "time", get: ({ event }) => Date.parse(event.timestamp) },
    age: { kind: "age", of: "time" },
    sensor: { kind: "text", get: ({ event }) => event.sensor },
    title: { kind: "text", get: ({ event }) => event.title },
    src: { kind: "address", get: ({ event }) => event.src_ip },
    dst: { kind: "address", get: ({ event }) => event.dst_ip },
    ip: { kind: "address", get: ({ event }) => [event.src_ip, event.dst_ip] },
    src_port: { kind: "number", get: ({ event }) => event.src_port },
    dst_port: { kind: "number", get: ({ event }) => event.dst_port },
    port: { kind: "number", get: ({ event }) => [event.src_port, event.dst_port] },
    protocol: { kind: "text", get: ({ event }) => event.protocol },
    plugin: { kind: "number", get: ({ event }) => event.plugin_id },
    sid: { kind: "number", get: ({ event }) => event.plugin_sid },
    product: { kind: "text", get: ({ event }) => event.product },
    category: { kind: "text", get: ({ event }) => event.category },
    subcategory: { kind: "text", get: ({ event }) => event.subcategory },
    custom: { kind: "text", get: ({ event }) => customTexts(event) },
    pattern: { kind: "text", get: ({ event }) => event.src_index_pattern },
    outcome: { kind: "choice", values: OUTCOMES, is: ({ verdict }, value) => outcomeOf(verdict) === value },
    directive: { kind: "number", get: ({ verdict }) => directivesOf(verdict) },
    backlog: { kind: "text", get: ({ verdict }) => backlogsOf(verdict) },
  },
  ids: "id",
  texts: ({ event }) => [
    event.title,
    event.event_id,
    event.sensor,
    event.src_ip,
    event.dst_ip,
    event.product,
    event.category,
    event.subcategory,
    event.protocol,
    event.src_index_pattern,
    ...customTexts(event),
  ],
};

/** Whether a query asks for what the backends have to say first. */
export function asksForVerdict(query: Query): boolean {
  switch (query.kind) {
    case "and":
    case "or":
      return query.parts.some(asksForVerdict);
    case "not":
      return asksForVerdict(query.part);
    case "test":
      return OF_VERDICT.has(query.field);
    default:
      return false;
  }
}

function customTexts(event: NormalizedEvent): string[] {
  const { custom_label1, custom_data1, custom_label2, custom_data2, custom_label3, custom_data3 } = event;
  return [custom_label1, custom_data1, custom_label2, custom_data2, custom_label3, custom_data3];
}

function outcomeOf({ kind }: Verdict): (typeof OUTCOMES)[number] {
  switch (kind) {
    case "matched":
    case "unknown":
      return kind;
    case "not matched":
      return "unmatched";
    case "no directive":
      return "nodirective";
    case "skipped":
      return "rejected";
  }
}

function directivesOf(verdict: Verdict): number[] {
  return verdict.kind === "matched" ? verdict.directives.map(({ directiveId }) => directiveId) : [];
}

function backlogsOf(verdict: Verdict): string[] {
  if (verdict.kind !== "matched") return [];
  return verdict.directives.flatMap(({ createdBacklogId, effects }) => [
    ...(createdBacklogId === undefined ? [] : [createdBacklogId]),
    ...effects.map(({ backlogId }) => backlogId),
  ]);
}
