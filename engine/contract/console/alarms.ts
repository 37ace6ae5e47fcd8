import { z } from "zod";
import { alarmRecordSchema } from "../alarm.ts";
import { eventSchema } from "../event.ts";
import { atMs, count, countText, facetSchema, seriesSchema } from "./common.ts";
import type { Routes } from "./route.ts";

/*
 * Alarms as the console keeps them (console.md §2, §6): the engine's latest record and, apart from it, what the analyst
 * said. An update by the engine never changes the analyst's part; `status` and `tag` are the analyst's where there is one.
 *
 * The query language (`q`): terms side by side are joined by AND, `OR` and parentheses group, `-` before a term excludes.
 * `field:value` equals (an address field takes a CIDR, a text field ignores case, `*` stands for anything, `a|b` either),
 * `field~text` holds, `field>=n` `>` `<` `<=` compare; values with blanks are quoted. A word alone is looked for in title,
 * ids, addresses, tag, custom data and notes; a pasted list of alarm ids separated by commas or blanks finds those.
 * Fields: id title status tag risk class kingdom category directive node src dst ip network port protocol plugin sid
 * sensor intel vuln custom note events stage stages created updated age is (open, closed, new, live, timeout, complete).
 * Times take `2026-11-28`, `2026-11-28T10:00`, `now-24h`; `age<24h` is short for `updated>=now-24h`.
 */

export const ALARM_SORT_FIELDS = [
  "updated",
  "created",
  "risk",
  "title",
  "status",
  "tag",
  "source",
  "target",
  "events",
  "stage",
  "kingdom",
  "category",
  "directive",
  "id",
] as const;
/** A field, with `-` before it for descending order. */
export const alarmSortSchema = z.string().regex(new RegExp(`^-?(?:${ALARM_SORT_FIELDS.join("|")})$`));
export const DEFAULT_ALARM_SORT = "-updated";
export const ALARM_FACETS = ["risk", "status", "tag", "category", "kingdom", "network", "directive", "node"] as const;

/** An alarm as a row of the table. */
export const alarmRowSchema = z.object({
  id: z.string(),
  title: z.string(),
  risk: count,
  /** As the server's configuration names them: Low, Medium, High; empty while no risk was reached. */
  riskClass: z.string(),
  status: z.string(),
  tag: z.string(),
  kingdom: z.string(),
  category: z.string(),
  created: atMs,
  updated: atMs,
  directiveId: count.optional(),
  node: z.string(),
  /** The stage that is or was worked on last, from 1, and how many there are. */
  stage: count,
  stages: count,
  /** Events of that stage, and how many finish it. */
  stageEvents: count,
  stageOccurrence: count,
  /** `live`: a backlog still waits for events; `timeout`: it expired short; `complete`: its last stage finished. */
  progress: z.enum(["live", "timeout", "complete"]),
  /** The first addresses, and how many there are. */
  src: z.string(),
  srcCount: count,
  dst: z.string(),
  dstCount: count,
  networks: z.array(z.string()),
  events: count,
  intel: count,
  vuln: count,
  customData: z.string(),
  note: z.string().meta({ description: "The last note's beginning; empty where there is none." }),
  /** Status or tag were set by a person, who wins over the engine's. */
  touched: z.boolean(),
  /** Grows with every change of the row in this console: the larger one is newer. */
  rev: count,
});
export type AlarmRow = z.infer<typeof alarmRowSchema>;

export const alarmDetailSchema = alarmRowSchema.extend({
  record: alarmRecordSchema.meta({ description: "The engine's latest record, untouched." }),
  engineStatus: z.string(),
  engineTag: z.string(),
  notes: z.array(z.object({ id: count, at: atMs, by: z.string(), text: z.string() })),
  /** The stages as the stepper draws them. */
  stageFacts: z.array(
    z.object({
      stage: count,
      name: z.string(),
      state: z.enum(["finished", "timeout", "current", "waiting"]),
      events: count,
      occurrence: count,
      /** Milliseconds since the epoch, missing where it hasn't happened. */
      start: atMs.optional(),
      end: atMs.optional(),
      reliability: count,
    }),
  ),
  /** Risk = priority × reliability × asset value ÷ 25; missing what isn't known, such as in imported alarms. */
  factors: z.object({ priority: count.optional(), reliability: count.optional(), assetValue: count.optional() }),
  /** Records and events of this alarm that were lost to the console (the files of the backend have them). */
  missing: count,
});
export type AlarmDetail = z.infer<typeof alarmDetailSchema>;

/** `q` and the rest of what a list is asked by. `last`: only alarms updated in so many seconds. */
const listQuery = z.object({
  q: z.string().max(20_000).optional(),
  sort: alarmSortSchema.optional(),
  /** Milliseconds since the epoch, on the time of the last update. */
  from: countText.optional(),
  to: countText.optional(),
});
export const MAX_ALARM_PAGE = 500;

export const alarmsPageSchema = z.object({
  rows: z.array(alarmRowSchema),
  /** What to pass as `cursor` for the next page; missing on the last. */
  next: z.string().optional(),
  /** The console's newest change when the page was read. */
  rev: count,
});
export type AlarmsPage = z.infer<typeof alarmsPageSchema>;

export const alarmCountsSchema = z.object({
  total: count,
  facets: z
    .array(facetSchema)
    .meta({ description: "Each facet's counts ignore what the query says of its own field." }),
  /** By time of the last update, for the histogram; `byRisk` has one list for each of none, low, medium, high. */
  histogram: seriesSchema.extend({ byRisk: z.array(z.array(count)) }).optional(),
});
export type AlarmCounts = z.infer<typeof alarmCountsSchema>;

export const alarmEventSchema = z.object({
  seq: count,
  stage: count,
  eventId: z.string(),
  at: atMs,
  /** Missing when only the event's id is known, as after an import. */
  event: eventSchema.optional(),
});
export type StoredAlarmEvent = z.infer<typeof alarmEventSchema>;

export const activitySchema = z.object({
  id: count,
  at: atMs,
  by: z.string(),
  kind: z.enum(["status", "tag", "note", "undo", "import", "created", "risk", "stage", "timeout", "complete"]),
  /** What it was and what it became, where that means something. */
  from: z.string().optional(),
  to: z.string().optional(),
  text: z.string().meta({ description: "One sentence for people." }),
});
export type Activity = z.infer<typeof activitySchema>;

export const bulkRequestSchema = z.object({
  /** Either ids, or a query with its time range, whose matches are taken down when the request comes. */
  ids: z.array(z.string()).max(200_000).optional(),
  q: z.string().max(20_000).optional(),
  from: atMs.optional(),
  to: atMs.optional(),
  status: z.string().max(100).optional(),
  tag: z.string().max(100).optional(),
  note: z.string().max(10_000).optional(),
  /** Follow it as topic `job` of /api/live; any text of the caller's. */
  jobId: z.string().max(64).optional(),
});
export const bulkAnswerSchema = z.object({
  changed: count,
  unchanged: count,
  missing: count,
  /** For `POST /undo/:token`, valid until `undoUntil` and then forgotten. */
  undoToken: z.string().optional(),
  undoUntil: atMs.optional(),
  /** Why the rest, which is in none of the counts, wasn't changed. What was can be taken back. */
  failed: z.string().optional(),
});
export type BulkRequest = z.infer<typeof bulkRequestSchema>;
export type BulkAnswer = z.infer<typeof bulkAnswerSchema>;

export const savedViewSchema = z.object({
  id: z.string(),
  name: z.string().min(1).max(100),
  screen: z.string().max(40),
  /** The part of the address after the screen, as the renderer writes it. */
  search: z.string().max(20_000),
});
export type SavedView = z.infer<typeof savedViewSchema>;

export const alarmRoutes = {
  "GET /alarms": {
    summary: "A page of alarms; without q, those that aren't in the last configured status.",
    query: listQuery.extend({ cursor: z.string().max(1000).optional(), limit: countText.optional() }),
    answer: alarmsPageSchema,
  },
  "GET /alarms/counts": {
    summary: "Total, facets and histogram of a list; given up when the connection is closed.",
    query: listQuery.extend({ facets: z.string().max(200).optional(), buckets: countText.optional() }),
    answer: alarmCountsSchema,
  },
  "GET /alarms/export": {
    summary: "Exactly the filtered set as CSV, JSON or NDJSON.",
    query: listQuery.extend({ format: z.enum(["csv", "json", "ndjson"]), columns: z.string().max(1000).optional() }),
    stream: "text/csv, application/json or application/x-ndjson",
  },
  "GET /alarms/:id": { summary: "One alarm, whole.", answer: alarmDetailSchema },
  "GET /alarms/:id/events": {
    summary: "Its events in the order in which they came, by stage.",
    query: z.object({ stage: countText.optional(), after: countText.optional(), limit: countText.optional() }),
    answer: z.object({ events: z.array(alarmEventSchema), total: count, next: count.optional() }),
  },
  "GET /alarms/:id/activity": {
    summary: "Who changed what when, the newest first.",
    answer: z.object({ activity: z.array(activitySchema) }),
  },
  "POST /alarms/bulk": {
    summary: "Sets status, tag or a note on many alarms at once.",
    body: bulkRequestSchema,
    maxBytes: 16 * 1024 * 1024,
    answer: bulkAnswerSchema,
  },
  "DELETE /alarms": {
    summary: "Deletes alarms from the console; the engine's files keep them.",
    body: bulkRequestSchema.pick({ ids: true, q: true, from: true, to: true, jobId: true }),
    maxBytes: 16 * 1024 * 1024,
    answer: z.object({ deleted: count }),
  },
  "POST /undo/:token": {
    summary: "Takes a bulk change back where nobody changed the alarm since.",
    answer: z.object({ restored: count, skipped: count }),
  },
  "GET /views": { summary: "Saved views.", answer: z.object({ views: z.array(savedViewSchema) }) },
  "PUT /views/:id": {
    summary: "Saves a view.",
    body: savedViewSchema.omit({ id: true }),
    answer: savedViewSchema,
  },
  "DELETE /views/:id": { summary: "Forgets a view.", answer: z.object({ ok: z.literal(true) }) },
  "POST /query/check": {
    summary: "Says whether a query can be read, and where not.",
    body: z.object({ q: z.string().max(20_000), of: z.enum(["alarms", "events"]) }),
    answer: z.object({
      ok: z.boolean(),
      error: z.string().optional(),
      /** Characters from the beginning of the query, from 0, and how many are meant. */
      column: count.optional(),
      length: count.optional(),
    }),
  },
} as const satisfies Routes;
