import { z } from "zod";

export const hitSchema = z.object({ provider: z.string(), term: z.string(), result: z.string() });
/** An answer of an intel or vulnerability provider: who said it, of what (`ip` or `ip:port`), and what it said. */
export type Hit = z.infer<typeof hitSchema>;

const customDataSchema = z.object({ label: z.string(), content: z.string() });
export type CustomData = z.infer<typeof customDataSchema>;

/** A rule inside an alarm record: empty optional fields are left out (compat.md §2). */
export const alarmRuleSchema = z.object({
  name: z.string(),
  stage: z.number(),
  occurrence: z.number(),
  from: z.string(),
  to: z.string(),
  plugin_id: z.number(),
  plugin_sid: z.array(z.number()).optional(),
  product: z.array(z.string()).optional(),
  category: z.string().optional(),
  subcategory: z.array(z.string()).optional(),
  type: z.enum(["PluginRule", "TaxonomyRule"]),
  port_from: z.string(),
  port_to: z.string(),
  protocol: z.string(),
  reliability: z.number(),
  timeout: z.number(),
  start_time: z.number().optional(),
  end_time: z.number().optional(),
  status: z.enum(["finished", "timeout"]).optional(),
  sticky_different: z.string().optional(),
  custom_data1: z.string().optional(),
  custom_data2: z.string().optional(),
  custom_data3: z.string().optional(),
});
export type AlarmRule = z.infer<typeof alarmRuleSchema>;

/** One line of siem_alarms.json (engine.md §8, compat.md §2). No other top-level key, ever. */
export const alarmRecordSchema = z.strictObject({
  alarm_id: z.string(),
  title: z.string(),
  status: z.string(),
  tag: z.string(),
  kingdom: z.string(),
  category: z.string(),
  created_time: z.number(),
  update_time: z.number(),
  risk: z.number(),
  risk_class: z.string(),
  rules: z.array(alarmRuleSchema),
  src_ips: z.array(z.string()),
  dst_ips: z.array(z.string()),
  networks: z.array(z.string()),
  intel_hits: z.array(hitSchema).optional(),
  vulnerabilities: z.array(hitSchema).optional(),
  custom_data: z.array(customDataSchema).optional(),
});
export type AlarmRecord = z.infer<typeof alarmRecordSchema>;

/** One line of siem_alarm_events.json. */
const alarmEventSchema = z.strictObject({ alarm_id: z.string(), stage: z.number(), event_id: z.string() });
export type AlarmEvent = z.infer<typeof alarmEventSchema>;
