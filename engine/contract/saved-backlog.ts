import { z } from "zod";
import { alarmRecordSchema, alarmRuleSchema } from "./alarm.ts";

/**
 * The first event of a stage, as much of it as later stages may refer to. Dsiem-rs doesn't write it, and so no
 * reference ever matches after its restarts; ours do (engine.md §9, MUST DIFFER a).
 */
const savedFirstEventSchema = z.object({
  event_id: z.string(),
  src_ip: z.string(),
  dst_ip: z.string(),
  src_port: z.number(),
  dst_port: z.number(),
  protocol: z.string(),
  custom_data1: z.string(),
  custom_data2: z.string(),
  custom_data3: z.string(),
});
export type SavedFirstEvent = z.infer<typeof savedFirstEventSchema>;

const savedRuleSchema = alarmRuleSchema.extend({
  status: z.enum(["", "finished", "timeout"]).optional(),
  saved_event_ids: z.array(z.string()).optional(),
  saved_sticky_diffdata: z
    .object({ sdiff_string: z.array(z.string()).optional(), sdiff_int: z.array(z.number()).optional() })
    .optional(),
  saved_first_event: savedFirstEventSchema.optional(),
});
export type SavedRule = z.infer<typeof savedRuleSchema>;

/** One entry of `logs/backlogs/{directive_id}.json` (engine.md §9, compat.md §2): a pretty-printed array of these. */
export const savedBacklogSchema = alarmRecordSchema.loose().extend({
  risk_class: z.string().default(""),
  rules: z.array(savedRuleSchema),
  src_ips: z.array(z.string()).default([]),
  dst_ips: z.array(z.string()).default([]),
  networks: z.array(z.string()).default([]),
  saved_src_socketaddr: z.array(z.string()).optional(),
  saved_dst_socketaddr: z.array(z.string()).optional(),
});
export type SavedBacklog = z.infer<typeof savedBacklogSchema>;
export const savedBacklogFileSchema = z.array(savedBacklogSchema);
