import { z } from "zod";
import { healthAnswerSchema } from "../console-api.ts";
import { alarmRowSchema, alarmSortSchema, alarmsPageSchema } from "./alarms.ts";
import { backlogRowSchema } from "./backlogs.ts";
import { atMs, count } from "./common.ts";
import { consoleEventSchema, eventVerdictSchema } from "./events.ts";
import { replayStateSchema } from "./replay.ts";
import { logLineSchema, supervisorStateSchema } from "./supervisor.ts";

/*
 * The WebSocket at /api/live (console.md §3). A client subscribes to topics, each under a number of its own choosing; it
 * gets one snapshot, then deltas whose `seq` grows by one. A delta with another number means that something was missed: the
 * client subscribes anew. The server sends at most ten deltas a second for each subscription, joins what it didn't send yet
 * by id, and gives a client that reads too slowly a fresh snapshot in place of what waits.
 */

export const LIVE_PATH = "/api/live";
/** A page can send no header with a WebSocket: the token is the rest of a sub-protocol. Cookies do as well. */
export const TOKEN_PROTOCOL = "dsiem.token.";
/** The sub-protocol that the server accepts. */
export const LIVE_PROTOCOL = "dsiem.live";
export const MAX_LIVE_MESSAGE_BYTES = 1024 * 1024;
export const LIVE_DELTAS_PER_SECOND = 10;
/** The server says `ping` when it has said nothing for so long; a client that hears nothing for three times as long reconnects. */
export const LIVE_PING_SECONDS = 5;

/** What each topic is asked with, what its snapshot is, and what its deltas are. */
const jobSchema = z.object({
  done: count,
  total: count,
  finished: z.boolean(),
  /** Why it ended before it was done. */
  failed: z.string().optional(),
});

export const LIVE_TOPICS = {
  /** A page of alarms and the changes of everything that its query finds. */
  alarms: {
    params: z.object({
      q: z.string().max(20_000).optional(),
      sort: alarmSortSchema.optional(),
      from: atMs.optional(),
      to: atMs.optional(),
      /** Instead of from and to: always the last so many seconds. */
      lastSeconds: count.optional(),
      limit: count.max(500).optional(),
    }),
    snapshot: alarmsPageSchema.extend({ total: count }),
    delta: z.object({
      /** Rows that are new or changed and that the query finds. */
      rows: z.array(alarmRowSchema),
      /** Changed, and not found by the query (any more). */
      gone: z.array(z.string()),
      total: count,
      rev: count,
    }),
  },
  /** Every change of one alarm: the client reads it again. */
  alarm: {
    params: z.object({ id: z.string() }),
    snapshot: z.object({ rev: count }),
    delta: z.object({ rev: count }),
  },
  backlogs: {
    params: z.object({ directive: count.optional() }),
    snapshot: z.object({
      rows: z.array(backlogRowSchema),
      total: count.meta({ description: "All that live; more than the rows when there are too many to show." }),
      /** Backends that don't answer. */
      silent: z.array(z.string()),
      at: atMs,
    }),
    delta: z.object({
      rows: z.array(backlogRowSchema),
      gone: z.array(z.object({ id: z.string(), why: z.enum(["complete", "expired", "closed", "gone"]) })),
      total: count,
      silent: z.array(z.string()),
      at: atMs,
    }),
  },
  events: {
    params: z.object({ q: z.string().max(20_000).optional() }),
    snapshot: z.object({ events: z.array(consoleEventSchema), perSecond: z.number() }),
    delta: z.object({
      /** The newest last. */
      events: z.array(consoleEventSchema),
      /** What became of events that were sent before. */
      verdicts: z.array(eventVerdictSchema),
      /** Events that the query finds and that were left out because there are more than a person can see. */
      notShown: count,
      perSecond: z.number(),
    }),
  },
  stats: {
    params: z.object({}),
    snapshot: healthAnswerSchema,
    delta: healthAnswerSchema,
  },
  log: {
    params: z.object({ service: z.string().optional(), level: z.enum(["ERROR", "WARN", "INFO", "DEBUG"]).optional() }),
    snapshot: z.object({ lines: z.array(logLineSchema) }),
    delta: z.object({ lines: z.array(logLineSchema), notShown: count }),
  },
  supervisor: { params: z.object({}), snapshot: supervisorStateSchema, delta: supervisorStateSchema },
  /** Where a replay of the debugger is. */
  replay: { params: z.object({ session: z.string() }), snapshot: replayStateSchema, delta: replayStateSchema },
  /** How far a bulk change, an import or a download is. */
  job: {
    params: z.object({ id: z.string() }),
    snapshot: jobSchema,
    delta: jobSchema,
  },
} as const;
export type LiveTopicName = keyof typeof LIVE_TOPICS;
export type LiveParams<T extends LiveTopicName> = z.infer<(typeof LIVE_TOPICS)[T]["params"]>;
export type LiveSnapshot<T extends LiveTopicName> = z.infer<(typeof LIVE_TOPICS)[T]["snapshot"]>;
export type LiveDelta<T extends LiveTopicName> = z.infer<(typeof LIVE_TOPICS)[T]["delta"]>;

export const liveClientMessageSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("subscribe"), id: count, topic: z.string().max(40), params: z.unknown().optional() }),
  z.object({ type: z.literal("unsubscribe"), id: count }),
]);
export type LiveClientMessage = z.infer<typeof liveClientMessageSchema>;

export const liveServerMessageSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("snapshot"), id: count, seq: count, data: z.unknown() }),
  z.object({ type: z.literal("delta"), id: count, seq: count, data: z.unknown() }),
  z.object({
    type: z.literal("error"),
    id: count,
    error: z.string(),
    column: count.optional(),
    length: count.optional(),
  }),
  z.object({ type: z.literal("ping") }),
]);
export type LiveServerMessage = z.infer<typeof liveServerMessageSchema>;
