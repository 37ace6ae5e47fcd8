import { z } from "zod";

/*
 * A test case is a folder with `events.ndjson`, `directives_*.json`, `assets_*.json` and `expected.json`, which `dsiem test`
 * replays. expected.json has the shape of the conformance suites: by directive (its name), the alarms in order of creation.
 */

export const CASE_EVENTS_FILE = "events.ndjson";
export const CASE_EXPECTED_FILE = "expected.json";
export const CASE_FILE = "case.json";

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** A line of siem_alarms.json as a case expects it; times are whole seconds after the first event of the case. */
export const expectedRecordSchema = z.object({
  status: z.string().optional(),
  tag: z.string().optional(),
  risk: count,
  class: z.string().optional(),
  /** One entry a stage: only what differs from the directive's own rule. */
  rules: z.array(z.record(z.string(), z.unknown())),
  src: z.array(z.string()).optional(),
  dst: z.array(z.string()).optional(),
  nets: z.array(z.string()).optional(),
  custom: z.array(z.tuple([z.string(), z.string()])).optional(),
  intel: z.array(z.tuple([z.string(), z.string(), z.string()])).optional(),
  vulns: z.array(z.tuple([z.string(), z.string(), z.string()])).optional(),
});
export type ExpectedRecord = z.infer<typeof expectedRecordSchema>;

export const expectedAlarmSchema = z.object({
  title: z.string().optional(),
  events: z.array(z.tuple([count, z.string()])).meta({ description: "[stage, event_id], in order." }),
  records: z.array(expectedRecordSchema),
});
export type ExpectedAlarm = z.infer<typeof expectedAlarmSchema>;

export const expectedFileSchema = z.object({
  cases: z.record(
    z.string(),
    z.object({
      alarms: z.array(expectedAlarmSchema),
      /** Fields of rules that aren't compared. */
      ignore_rule_keys: z.array(z.string()).optional(),
    }),
  ),
});
export type ExpectedFile = z.infer<typeof expectedFileSchema>;

/** `case.json`, which a case may do without. */
export const caseFileSchema = z.object({
  description: z.string().optional(),
  /** Where directives and assets are, from the case's own folder; the folder itself when left out. */
  configs: z.string().optional(),
  /** Only these directives. */
  only: z.array(count).optional(),
  /** Flags of the backend that the alarms were raised with; its defaults where left out. */
  flags: z
    .object({
      medRiskMin: count,
      medRiskMax: count,
      minAlarmLifetimeSeconds: count,
      status: z.string(),
      tag: z.string(),
    })
    .partial()
    .optional(),
});
export type CaseFile = z.infer<typeof caseFileSchema>;
