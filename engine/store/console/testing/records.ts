import type { AlarmRecord, AlarmRule } from "../../../contract/alarm.ts";
import type { AlarmOrigin, JournalEntry } from "../../../contract/journal.ts";

/** What most tests start from: 2026-11-28 12:00 UTC. */
export const NOON = Date.UTC(2026, 10, 28, 12) / 1000;

export function alarmRule(stage: number, change: Partial<AlarmRule> = {}): AlarmRule {
  return {
    ...{
      name: `Stage ${stage}`,
      stage,
      occurrence: 2,
      from: "ANY",
      to: "ANY",
      plugin_id: 1001,
      plugin_sid: [50 + stage],
    },
    ...{ type: "PluginRule", port_from: "ANY", port_to: "ANY", protocol: "TCP", reliability: 2 * stage, timeout: 60 },
    ...change,
  };
}

export function alarmRecord(id: string, change: Partial<AlarmRecord> = {}): AlarmRecord {
  return {
    ...{
      alarm_id: id,
      title: "Ping Flood",
      status: "Open",
      tag: "Identified Threat",
      kingdom: "Recon",
      category: "Flood",
    },
    ...{ created_time: NOON, update_time: NOON, risk: 3, risk_class: "Medium" },
    rules: [alarmRule(1, { status: "finished", start_time: NOON, end_time: NOON }), alarmRule(2), alarmRule(3)],
    ...{ src_ips: ["10.0.0.1"], dst_ips: ["192.0.2.1"], networks: ["10.0.0.0/8"] },
    ...change,
  };
}

export function alarmEntry(seq: number, record: AlarmRecord, origin: Partial<AlarmOrigin> = {}): JournalEntry {
  return { seq, at: record.update_time * 1000 + seq, kind: "alarm", record, ...origin };
}

export function eventEntry(seq: number, alarmId: string, stage: number, eventId: string): JournalEntry {
  return {
    ...{ seq, at: NOON * 1000 + seq, kind: "event", alarm_id: alarmId, stage },
    event: {
      ...{ event_id: eventId, timestamp: "2026-11-28T12:00:00Z", sensor: "fw-1", title: "ping", protocol: "ICMP" },
      ...{ src_ip: "10.0.0.1", dst_ip: "192.0.2.1", plugin_id: 1001, plugin_sid: 51, src_port: 1234, dst_port: 80 },
    },
  };
}

/** An answer to `since` with these entries, which are all there are unless it says otherwise. */
export function sinceAnswer(entries: readonly JournalEntry[], change: object = {}) {
  const last = entries.at(-1)?.seq ?? 0;
  return { ok: true, entries, next: last + 1, oldest: entries[0]?.seq ?? 1, last, ...change };
}
