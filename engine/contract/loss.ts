import { z } from "zod";

/*
 * Every way in which an event can end without having been correlated (operation.md §7, reliability.md §1). What isn't
 * counted under one of these is correlated, or still on its way; `received = correlated + skipped + dropped + waiting`
 * holds in every backend.
 */

/** Looked at and of no consequence: the backend did what it should. */
const SKIP_CAUSES = ["malformed", "invalid", "whitelisted", "uninteresting"] as const;
/** Taken in by a backend and lost. */
const BACKEND_DROP_CAUSES = ["queue_full", "left_in_queue"] as const;
/** Answered with 200 by a frontend, and lost before a backend was done with it. */
const FRONTEND_DROP_CAUSES = ["away_too_long", "left_in_frontend", "refused_by_bus", "too_large_for_bus"] as const;
/** Never taken in: the sender was told so, and keeps what it has. These count requests, whose events nobody knows. */
const REFUSAL_CAUSES = [
  "refused_wrong_method",
  "refused_wrong_media_type",
  "refused_too_large",
  "refused_stalled",
  "refused_truncated",
  "refused_malformed",
  "refused_invalid",
  "refused_over_rate",
  "refused_bus_full",
  "refused_bus_failed",
  "refused_no_room",
  "refused_stopping",
  "refused_not_http",
  "refused_foreign",
] as const;

export const LOSS_CAUSES = [
  ...SKIP_CAUSES,
  ...BACKEND_DROP_CAUSES,
  ...FRONTEND_DROP_CAUSES,
  ...REFUSAL_CAUSES,
] as const;
export const lossCauseSchema = z.enum(LOSS_CAUSES);
export type LossCause = z.infer<typeof lossCauseSchema>;
export type RefusalCause = (typeof REFUSAL_CAUSES)[number];
export type FrontendDropCause = (typeof FRONTEND_DROP_CAUSES)[number];

export const LOSS_CLASSES = ["skipped", "dropped", "refused"] as const;
export type LossClass = (typeof LOSS_CLASSES)[number];

/** The class of each cause, and what it means, as the end of a sentence that starts with a number of events. */
export const LOSSES: Readonly<Record<LossCause, { class: LossClass; meaning: string }>> = {
  malformed: { class: "skipped", meaning: "aren't JSON, or not an event" },
  invalid: { class: "skipped", meaning: "have an empty id, sensor or title, or half a pair" },
  whitelisted: { class: "skipped", meaning: "come from a whitelisted source" },
  uninteresting: { class: "skipped", meaning: "are named by no directive" },
  queue_full: { class: "dropped", meaning: "found the backend's queue full" },
  left_in_queue: { class: "dropped", meaning: "were still in the queue when the backend stopped" },
  away_too_long: { class: "dropped", meaning: "were kept for a backend that stayed away for an hour" },
  left_in_frontend: { class: "dropped", meaning: "were still in the frontend when it stopped" },
  refused_by_bus: { class: "dropped", meaning: "were refused by NATS after an outage, after their 200" },
  too_large_for_bus: { class: "dropped", meaning: "are larger than what NATS takes since an outage, after their 200" },
  refused_wrong_method: { class: "refused", meaning: "requests with another method than POST" },
  refused_wrong_media_type: { class: "refused", meaning: "requests whose body isn't plain JSON by its headers" },
  refused_too_large: { class: "refused", meaning: "requests with too large a body or event" },
  refused_stalled: { class: "refused", meaning: "requests whose body made no progress" },
  refused_truncated: { class: "refused", meaning: "requests whose body ended early" },
  refused_malformed: { class: "refused", meaning: "requests that aren't JSON, or hold what isn't an event" },
  refused_invalid: {
    class: "refused",
    meaning: "requests with an event whose id, sensor or title is empty, or half a pair",
  },
  refused_over_rate: { class: "refused", meaning: "requests over the rate limit" },
  refused_bus_full: { class: "refused", meaning: "requests that found the buffer of the bus full" },
  refused_bus_failed: { class: "refused", meaning: "requests whose events the bus didn't take" },
  refused_no_room: { class: "refused", meaning: "requests that found too many large bodies on their way in" },
  refused_stopping: { class: "refused", meaning: "requests to a frontend that was stopping" },
  refused_not_http: {
    class: "refused",
    meaning: "connections with what isn't HTTP, or with late or too large headers",
  },
  refused_foreign: { class: "refused", meaning: "requests with a foreign Host or Origin" },
};

/** Samples that are kept of each cause: the last ones. */
export const MAX_LOSS_SAMPLES = 10;
/** Longest text of a sample, in characters. Control characters in it are escaped. */
export const MAX_SAMPLE_TEXT = 300;
/** Longer event ids aren't told in a sample. */
export const MAX_SAMPLE_EVENT_ID = 128;

const count = z.number().int().nonnegative();

export const lossSampleSchema = z.object({
  /** Milliseconds since the epoch. */
  at: z.number(),
  text: z.string().max(MAX_SAMPLE_TEXT),
  conn_id: z.number().optional(),
  event_id: z.string().max(MAX_SAMPLE_EVENT_ID).optional(),
});
export type LossSample = z.infer<typeof lossSampleSchema>;

const lossEntrySchema = z.object({
  count,
  /** Milliseconds since the epoch, to the second: when it was last seen that the count had grown. */
  lastAt: z.number(),
  samples: z.array(lossSampleSchema).max(MAX_LOSS_SAMPLES),
});
export type LossEntry = z.infer<typeof lossEntrySchema>;

/** Only the causes that there were. */
export const lossLedgerSchema = z.partialRecord(lossCauseSchema, lossEntrySchema);
export type LedgerSnapshot = z.infer<typeof lossLedgerSchema>;
