import { z } from "zod";
import { eventSchema } from "../event.ts";
import { directiveOutcomeSchema } from "../outcomes.ts";
import { atMs, count, countText } from "./common.ts";
import type { Routes } from "./route.ts";

/** What the backends said of an event, all together. */
export const verdictSchema = z.discriminatedUnion("kind", [
  /** Not all known nodes have said anything yet. */
  z.object({
    kind: z.literal("unknown"),
    unwatched: z
      .literal(true)
      .optional()
      .meta({ description: "It came in while nobody watched, so that no node was asked and none will say anything." }),
  }),
  z.object({ kind: z.literal("skipped"), cause: z.string().meta({ description: "A cause of the loss ledger." }) }),
  /** Said only when all known nodes said so. */
  z.object({ kind: z.literal("no directive") }),
  z.object({ kind: z.literal("not matched") }),
  z.object({
    kind: z.literal("matched"),
    directives: z.array(directiveOutcomeSchema.extend({ node: z.string() })),
    more: count.optional(),
  }),
]);
export type Verdict = z.infer<typeof verdictSchema>;

/** An event as the console shows it. `id` is the console's own: the order in which events came in. */
export const consoleEventSchema = z.object({
  id: count,
  at: atMs.meta({ description: "When it came in." }),
  event: eventSchema,
  verdict: verdictSchema.optional(),
  shortened: z.record(z.string(), count).optional().meta({
    description: "Present when texts were cut to be shown: the fields, and how many characters they have.",
  }),
});
export type ConsoleEvent = z.infer<typeof consoleEventSchema>;
export const eventVerdictSchema = z.object({ id: count, verdict: verdictSchema });

/** Largest body of an import of events; longer files are sent in pieces. */
export const MAX_EVENT_IMPORT_BYTES = 8 * 1024 * 1024;

export const eventRoutes = {
  "GET /events": {
    summary:
      "Searches the retained events, the newest first; the query language is the one of alarms with the event's fields.",
    query: z.object({
      q: z.string().max(20_000).optional(),
      from: countText.optional(),
      to: countText.optional(),
      /** Only events older than this id. */
      before: countText.optional(),
      limit: countText.optional(),
    }),
    answer: z.object({
      events: z.array(consoleEventSchema),
      /** Where to go on: `before` of the next page; missing at the end. */
      next: count.optional(),
      /** Events that were looked at for this answer, and that are retained. */
      scanned: count,
      retained: count,
      oldest: atMs.optional(),
    }),
  },
  "POST /events/import": {
    summary: "Hands the events of a file (a JSON array, or one event a line) to the frontend's door.",
    body: z.object({
      text: z.string(),
      /** Move the timestamps so that the last event happens now. */
      shiftToNow: z.boolean().optional(),
    }),
    maxBytes: MAX_EVENT_IMPORT_BYTES,
    answer: z.object({
      accepted: count,
      refused: count,
      problems: z.array(z.object({ line: count, text: z.string() })),
    }),
  },
} as const satisfies Routes;
