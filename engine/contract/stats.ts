import { z } from "zod";
import { lossLedgerSchema } from "./loss.ts";

const count = z.number().int().nonnegative();

/** The bus as one end of it sees it. */
export const busStatsSchema = z.object({
  kind: z.enum(["nats", "link", "memory"]),
  state: z.enum(["connecting", "connected", "disconnected", "closed"]),
  detail: z.string(),
  /** Events taken in and not yet handed to the other side. */
  buffered: count,
});
export type BusStats = z.infer<typeof busStatsSchema>;

/** The figures of one `watchdog report` (engine.md §11). */
export const watchdogReportSchema = z.object({
  eps: z.number(),
  queue_length: count,
  avg_proc_time_ms: z.number(),
  directives_ttl: count,
  directives_active: count,
  events_rcvd: count,
  events_matched: count,
  backlogs: count,
  /** Backlogs that didn't answer in time, in Dsiem-rs; here they are no tasks of their own, so it is always 0. */
  backlogs_timedout: count,
});
export type WatchdogReport = z.infer<typeof watchdogReportSchema>;

const common = {
  node: z.string(),
  /** Tells one run of a service from the next: its counts start at 0 again. */
  boot: z.string(),
  /** When it was said, and when the service started: milliseconds since the epoch. */
  at: z.number(),
  startedAt: z.number(),
  /** Events a second since it was said before: accepted by a frontend, received by a backend. */
  eps: z.number(),
  bus: busStatsSchema,
  ledger: lossLedgerSchema,
};

/** What became of the requests and events of a frontend. Refusals count requests, everything else events. */
const frontendFlowSchema = z.object({ requests: count, refused: count, accepted: count, dropped: count });
/** `received = correlated + skipped + dropped + waiting`. */
const backendFlowSchema = z.object({
  received: count,
  correlated: count,
  skipped: count,
  dropped: count,
  waiting: count,
});
export type FrontendFlow = z.infer<typeof frontendFlowSchema>;
export type BackendFlow = z.infer<typeof backendFlowSchema>;

export const frontendStatsSchema = z.object({
  role: z.literal("frontend"),
  ...common,
  flow: frontendFlowSchema,
  console: z
    .boolean()
    .optional()
    .meta({ description: "It serves a console, of which a fleet has one (operation.md §1)." }),
});
export const backendStatsSchema = z.object({
  role: z.literal("backend"),
  ...common,
  flow: backendFlowSchema,
  watchdog: watchdogReportSchema,
});

/** What a service publishes on its `statsSubject` every few seconds (operation.md §7). */
export const serviceStatsSchema = z.discriminatedUnion("role", [frontendStatsSchema, backendStatsSchema]);
export type FrontendStats = z.infer<typeof frontendStatsSchema>;
export type BackendStats = z.infer<typeof backendStatsSchema>;
export type ServiceStats = z.infer<typeof serviceStatsSchema>;
