import { z } from "zod";
import { alarmRecordSchema, alarmRuleSchema } from "./alarm.ts";

/*
 * The alarm files of an earlier installation, whatever wrote them: Dsiem in Go, Dsiem-rs or this program. Keys that we
 * don't know are left out, and what Go writes for an empty list or text is taken for what it means.
 */

/** What is empty in Go: `null` for a list, `""` for a text, 0 for a time. */
function withoutEmpty(keys: readonly string[]): (value: unknown) => unknown {
  return (value) => {
    if (typeof value !== "object" || value === null) return value;
    const isEmpty = (held: unknown): boolean => held === null || held === "" || held === 0;
    return Object.fromEntries(Object.entries(value).filter(([key, held]) => !keys.includes(key) || !isEmpty(held)));
  };
}

const list = <T extends z.ZodType>(schema: T) =>
  z
    .array(schema)
    .nullish()
    .transform((held) => held ?? []);
const OPTIONAL_OF_RULE = Object.keys(alarmRuleSchema.shape).filter(
  (key) => alarmRuleSchema.shape[key as keyof typeof alarmRuleSchema.shape].safeParse(undefined).success,
);
const ruleSchema = z.preprocess(withoutEmpty(OPTIONAL_OF_RULE), z.object(alarmRuleSchema.shape));

/** A line of siem_alarms.json. */
export const importedRecordSchema = z.preprocess(
  withoutEmpty(["intel_hits", "vulnerabilities", "custom_data"]),
  z.object({
    ...alarmRecordSchema.shape,
    rules: list(ruleSchema),
    src_ips: list(z.string()),
    dst_ips: list(z.string()),
    networks: list(z.string()),
  }),
);

/** A line of siem_alarm_events.json. */
export const importedEventSchema = z.object({ alarm_id: z.string(), stage: z.number().int(), event_id: z.string() });
