import { z } from "zod";
import { eventSchema } from "./event.ts";

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** The checks of operation.md §7, in the order in which people are told of them. */
export const CHECK_NAMES = [
  "interest",
  "protocol",
  "from",
  "to",
  "ports",
  "references",
  "custom data",
  "sticky",
  "order",
  "occurrence",
  "risk",
] as const;
export const checkNameSchema = z.enum(CHECK_NAMES);
export type CheckName = z.infer<typeof checkNameSchema>;

/** One check of one rule: what it wants, what the event (or the backlog) has. */
export const checkResultSchema = z.object({
  check: checkNameSchema,
  /** `open`: it can't be said, because it needs a live backlog and there is none, or an earlier stage isn't bound. */
  result: z.enum(["pass", "fail", "open"]),
  expected: z
    .string()
    .meta({ description: "In the words of a directive's author; references with what they are bound to." }),
  actual: z.string(),
});
export type CheckResult = z.infer<typeof checkResultSchema>;

/** A row of the check matrix: one stage's rule against the event. */
export const stageChecksSchema = z.object({
  stage: count,
  rule: z.string().meta({ description: "Name of the stage's rule." }),
  role: z.enum(["opens", "current", "earlier", "later"]).meta({
    description:
      "`opens`: stage 1 as the beginning of a new backlog; the others as seen from a live backlog's current stage.",
  }),
  checks: z.array(checkResultSchema),
  /** The first that fails of those that decide whether the event is consumed (occurrence and risk don't). */
  firstFailing: checkNameSchema.optional(),
});
export type StageChecks = z.infer<typeof stageChecksSchema>;

/** What would become, or became, of the event at one live backlog, or at the attempt to begin a new one. */
export const ATTEMPT_VERDICTS = [
  /** A rule's checks failed: nothing happens to this backlog. */
  "not matched",
  "sticky value seen",
  "out of order",
  /** The event counts; the stage goes on. */
  "recorded",
  /** A repeated event_id: it is consumed, and the count stays. */
  "counted before",
  "recorded earlier",
  /** The event ends the stage, and the backlog goes on. */
  "stage finished",
  /** The event ends the last stage with a risk above 0. */
  "alarm",
  /** The event ends the last stage with risk 0: no alarm is ever written. */
  "complete without risk",
  /** A new backlog begins with it. */
  "backlog begun",
  /** Stage 1 matches, but a live backlog consumed the event, so that none is begun. */
  "taken by another backlog",
] as const;
export const attemptVerdictSchema = z.enum(ATTEMPT_VERDICTS);
export type AttemptVerdict = z.infer<typeof attemptVerdictSchema>;

/** Risk = floor(priority × reliability × assetValue ÷ 25). */
export const riskFactorsSchema = z.object({
  priority: count,
  reliability: count,
  assetValue: count,
  risk: count,
});
export type RiskFactors = z.infer<typeof riskFactorsSchema>;

export const attemptSchema = z.object({
  /** Missing for the attempt to begin a new backlog. */
  backlog: z
    .object({
      id: z.string(),
      title: z.string(),
      stage: count,
      stages: count,
      count: count.meta({ description: "Distinct events of the current stage, without this one." }),
      occurrence: count,
      deadline: count.meta({ description: "Epoch seconds at which it expires unless its stage finishes before." }),
    })
    .optional(),
  verdict: attemptVerdictSchema,
  /** One English sentence, complete in itself. */
  sentence: z.string(),
  /** Every stage that the engine looks at for this event comes with its checks, and the others for comparison. */
  stages: z.array(stageChecksSchema),
  factors: riskFactorsSchema
    .optional()
    .meta({ description: "Of the stage that the event is held against, if it finished now." }),
});
export type Attempt = z.infer<typeof attemptSchema>;

/** One directive's answer to "why (not)?". */
export const directiveExplanationSchema = z.object({
  directiveId: count,
  name: z.string(),
  node: z.string().optional(),
  /** Of the attempts, what matters most: what happened if anything did, else what came nearest. */
  verdict: attemptVerdictSchema,
  /** The check that decided against it, of the nearest attempt. */
  cause: checkNameSchema.optional(),
  sentence: z.string(),
  /** The nearest first. */
  attempts: z.array(attemptSchema),
  moreAttempts: count.optional(),
  /** What became later of the backlog that consumed the event, where the recording says. */
  fate: z
    .object({
      kind: z.enum(["live", "complete", "complete without risk", "expired"]),
      at: count.optional().meta({ description: "Epoch seconds." }),
      sentence: z.string(),
    })
    .optional(),
});
export type DirectiveExplanation = z.infer<typeof directiveExplanationSchema>;

/** Why an event never came to the directives; every silent cause outside of them. */
export const doorVerdictSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("passes") }),
  /** 400, 418, 429, 413: what the door says (engine.md §3). */
  z.object({ kind: z.literal("refused"), status: count, sentence: z.string(), field: z.string().optional() }),
  z.object({ kind: z.literal("whitelisted"), sentence: z.string(), network: z.string() }),
  z.object({ kind: z.literal("dropped"), sentence: z.string() }),
]);
export type DoorVerdict = z.infer<typeof doorVerdictSchema>;

/** Why a directive isn't listed: it takes the event, too, or doesn't, isn't interested but nearly, or not at all. */
export const otherReasonSchema = z.enum(["takes", "looks", "resembles", "ignores"]);
export type OtherReason = z.infer<typeof otherReasonSchema>;

/** The whole answer for one event. */
export const explanationSchema = z.object({
  event: eventSchema.optional().meta({ description: "As the door writes it; missing when it refused it." }),
  door: doorVerdictSchema,
  /** The answer in one sentence, naming the cause. */
  sentence: z.string(),
  /** Those that did something first, then those that came nearest; of the rest only how many. */
  directives: z.array(directiveExplanationSchema),
  /** Directives that aren't listed, by their reason: "109 never look at plugin 1512." */
  others: z.array(z.object({ why: otherReasonSchema, count, sentence: z.string() })),
});
export type Explanation = z.infer<typeof explanationSchema>;
