import { z } from "zod";
import { alarmRuleSchema } from "./alarm.ts";

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
/** Whole seconds since the epoch; 0 where it hasn't happened. */
const seconds = z.number().int().min(0);
const texts = shown(z.string());

/** The beginning of a list, in the order in which its values came, and how long all of it is. */
function shown<T extends z.ZodType>(value: T) {
  return z.object({ values: z.array(value), total: count });
}

/** A live backlog in a line of a list (operation.md §7, console.md §2). */
export const backlogSummarySchema = z.object({
  id: z.string().meta({ description: "The id of its alarm, whether or not a record of it was written." }),
  directiveId: count,
  title: z.string().meta({ description: "Cut when it is very long." }),
  stage: count.meta({ description: "The current stage, from 1." }),
  stages: count,
  rule: z.string().meta({ description: "Name of the current stage's rule; cut when it is very long." }),
  count: count.meta({ description: "Distinct events of the current stage." }),
  occurrence: count.meta({ description: "Distinct events that finish the current stage." }),
  events: count.meta({ description: "Events recorded in all of its stages." }),
  risk: count,
  nextRisk: count.optional().meta({
    description:
      "The risk if the current stage finished now; left out when too many addresses would have to be looked at to say.",
  }),
  startTime: seconds.meta({ description: "Event time of the first event." }),
  createdTime: seconds.meta({ description: "Wall clock of the first alarm record, 0 while there is none." }),
  updateTime: seconds.meta({ description: "Wall clock of the event recorded last." }),
  deadline: seconds.meta({ description: "Wall clock at which it expires unless its stage finishes before." }),
  timeout: count.meta({ description: "Seconds that the current stage may take." }),
  source: z.string().meta({ description: "The source address seen first." }),
  sources: count,
  destination: z.string(),
  destinations: count,
});
export type BacklogSummary = z.infer<typeof backlogSummarySchema>;

/** What a `:n` of a rule is bound to. */
const bindingSchema = z.object({
  field: z.string().meta({ description: "The field of the rule that refers, such as from." }),
  eventField: z.string().meta({ description: "The field of the event that must be equal, such as src_ip." }),
  stage: count.meta({ description: "The stage whose first event is referred to." }),
  value: z
    .union([z.string(), z.number()])
    .optional()
    .meta({ description: "Missing while that stage has no first event: such a rule can't match." }),
  eventId: z.string().optional(),
});
export type Binding = z.infer<typeof bindingSchema>;

const stageViewSchema = z.object({
  stage: count,
  state: z.enum(["finished", "timeout", "current", "waiting"]),
  rule: alarmRuleSchema.meta({ description: "As an alarm record prints it: bound references are replaced." }),
  bindings: z.array(bindingSchema),
  count: count.meta({ description: "Distinct events." }),
  startTime: seconds,
  endTime: seconds,
  eventIds: texts,
  stickyValues: shown(z.union([z.string(), z.number()])),
});
export type StageView = z.infer<typeof stageViewSchema>;

/** All that is worth knowing of one live backlog. */
export const backlogDetailSchema = backlogSummarySchema.extend({
  kingdom: z.string(),
  category: z.string(),
  status: z.string(),
  tag: z.string(),
  riskClass: z.string().meta({ description: "Empty until the risk first changed." }),
  allRulesAlwaysActive: z.boolean(),
  factors: z
    .object({
      priority: count,
      assetValue: count.optional(),
      reliability: count.optional().meta({ description: "Of the stage finished last; missing before the first." }),
      nextReliability: count.meta({ description: "Of the current stage." }),
    })
    .meta({ description: "Risk is priority × reliability × assetValue ÷ 25, rounded down." }),
  stageViews: z.array(stageViewSchema),
  advance: z
    .object({
      stage: count,
      missing: count.meta({ description: "Further distinct events that finish the stage." }),
      completes: z.boolean().meta({ description: "Whether the backlog is complete then." }),
      rule: alarmRuleSchema,
      unbound: z.array(bindingSchema).meta({ description: "References to stages without a first event." }),
      notBefore: seconds.optional().meta({ description: "Older events are discarded as out of order." }),
    })
    .meta({ description: "What the next event must be like to count." }),
  sourceAddresses: texts,
  destinationAddresses: texts,
  networks: texts,
  customData: shown(z.object({ label: z.string(), content: z.string() })),
});
export type BacklogDetail = z.infer<typeof backlogDetailSchema>;
