import assert from "node:assert/strict";
import fc from "fast-check";
import { alarmRecordOf } from "../../alarm/alarm-record.ts";
import { type Property, property } from "../../base/testing/property.ts";
import type { AlarmRecord } from "../../contract/alarm.ts";
import { Correlator } from "../correlator.ts";
import { directivesArbitrary, EPOCH, eventsArbitrary, HOME, tracingSink } from "./scenarios.ts";

/** Seconds that pass before an event: mostly none, now and then more than the timeout of a stage. */
const pauses = fc.array(
  fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(1, 9, 10, 300, 700) }),
  { minLength: 60, maxLength: 60, size: "max" },
);

const inOrder = property(
  {
    number: 6,
    name: "records",
    says: "writes an alarm's records in order: no stage falls, and finished and timeout are final",
    cases: ["a record of a later stage", "an alarm that timed out", "an alarm that is complete"],
  },
  (seen) =>
    fc.property(directivesArbitrary, eventsArbitrary(60), pauses, (directives, events, waits) => {
      const alarms = new Map<string, AlarmRecord[]>();
      const over = new Set<string>();
      let created = 0;
      const correlator = new Correlator({
        inventory: HOME,
        sink: {
          ...tracingSink([]),
          recordDue: (backlog) => {
            assert.ok(!over.has(backlog.id));
            const record = alarmRecordOf(backlog);
            if (record === undefined) return;
            const records = alarms.get(backlog.id);
            if (records === undefined) alarms.set(backlog.id, [record]);
            else records.push(record);
          },
          backlogRemoved: (backlog, why) => {
            over.add(backlog.id);
            if (alarms.has(backlog.id)) {
              seen.note(why === "timeout" ? "an alarm that timed out" : "an alarm that is complete");
            }
          },
        },
        newAlarmId: () => {
          created += 1;
          return `id${created}`;
        },
        medRiskMin: 3,
        medRiskMax: 6,
        status: "Open",
        tag: "Identified Threat",
        minAlarmLifetimeSeconds: 0,
        idleDirectivesMs: 600_000,
      });
      for (const directive of directives) correlator.addDirective(directive, () => directive);
      let elapsed = 0;
      for (const [i, event] of events.entries()) {
        elapsed += waits[i] ?? 0;
        const nowMs = (EPOCH + elapsed) * 1000;
        correlator.expire(nowMs);
        correlator.process({ ...event, seconds: event.seconds + elapsed }, nowMs);
      }
      for (const records of alarms.values()) {
        for (const [i, record] of records.entries()) {
          const earlier = records[i - 1];
          if (earlier === undefined) continue;
          if (follows(record, earlier) > 0) seen.note("a record of a later stage");
        }
      }
    }),
);

/** Fails unless the later record may come after the earlier one; returns by how many stages it is further. */
function follows(later: AlarmRecord, earlier: AlarmRecord): number {
  assert.equal(later.created_time, earlier.created_time);
  assert.ok(later.update_time >= earlier.update_time);
  for (const rule of earlier.rules) {
    const now = later.rules.find((each) => each.stage === rule.stage);
    assert.notEqual(rule.status, "timeout", "a record followed the one that says timeout");
    if (rule.status === undefined) continue;
    assert.deepEqual([now?.status, now?.end_time], [rule.status, rule.end_time]);
  }
  assert.ok(
    earlier.rules.some((rule) => rule.status === undefined),
    "a record followed the one that is complete",
  );
  const further = stageOf(later) - stageOf(earlier);
  assert.ok(further >= 0);
  return further;
}

/** The lowest stage without a status, or one more than there are. */
function stageOf({ rules }: AlarmRecord): number {
  return Math.min(rules.length + 1, ...rules.filter(({ status }) => status === undefined).map(({ stage }) => stage));
}

export const ALARM_PROPERTIES: readonly Property[] = [inOrder];
