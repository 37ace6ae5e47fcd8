import { z } from "zod";
import { lossCauseSchema } from "./loss.ts";

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const offered = z.object({ backlogId: z.string(), stage: count });
/** What became of one backlog that the event was offered to; of those whose rule didn't match nothing is said. */
const effectSchema = z.discriminatedUnion("kind", [
  offered.extend({ kind: z.literal("recorded") }),
  offered.extend({ kind: z.literal("stage finished"), complete: z.boolean(), risk: count }),
  offered.extend({ kind: z.literal("recorded earlier") }),
  offered.extend({ kind: z.literal("out of order") }),
  offered.extend({ kind: z.literal("sticky value seen") }),
]);

export const directiveOutcomeSchema = z.object({
  directiveId: count,
  effects: z.array(effectSchema),
  createdBacklogId: z.string().optional(),
  moreEffects: count.optional().meta({ description: "Effects that are left out because there are so many." }),
});
export type DirectiveOutcome = z.infer<typeof directiveOutcomeSchema>;

/** The key of an event's carrier under which a frontend in console mode says which run of it took the event in. */
export const BOOT_KEY = "dsiem_boot";

/** Ways in which an event ends before any directive is offered it: causes of the loss ledger. */
const skippedSchema = lossCauseSchema.extract(["malformed", "invalid", "whitelisted", "uninteresting", "queue_full"]);
export type SkippedOutcome = z.infer<typeof skippedSchema>;

/**
 * What one backend did with one event (operation.md §7). `boot` and `conn_id` say which: the run of the frontend that
 * took it in, empty when it isn't known, and the frontend's number for it, 0 when it has none.
 */
const eventOutcomeSchema = z.discriminatedUnion("outcome", [
  z.object({ boot: z.string(), conn_id: count, event_id: z.string(), outcome: skippedSchema }),
  z.object({
    boot: z.string(),
    conn_id: count,
    event_id: z.string(),
    outcome: z.literal("correlated"),
    matched: count.meta({
      description: "Directives of which a backlog consumed the event, or that began one. 0: not matched.",
    }),
    directives: z.array(directiveOutcomeSchema).meta({ description: "Those that have anything to say." }),
    moreDirectives: count.optional().meta({ description: "Directives that are left out because there are so many." }),
  }),
]);
export type EventOutcome = z.infer<typeof eventOutcomeSchema>;

/** One message on `outcomesSubject`. */
export const outcomeBatchSchema = z.object({
  node: z.string(),
  batch: count.meta({ description: "Counts the messages of one watch, from 1: what is missing was lost on the bus." }),
  outcomes: z.array(eventOutcomeSchema),
  dropped: count.meta({ description: "Outcomes since the message before that were more than may be reported." }),
});
export type OutcomeBatch = z.infer<typeof outcomeBatchSchema>;
