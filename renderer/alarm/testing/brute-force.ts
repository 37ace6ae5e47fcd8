import type { AlarmRecord, AlarmRule } from "../../../engine/contract/alarm.ts";
import type { AlarmDetail } from "../../../engine/contract/console/alarms.ts";

export const T0 = Date.UTC(2026, 10, 23, 14, 11, 52, 306);

export function rule(stage: number, more: Partial<AlarmRule> = {}): AlarmRule {
  return {
    name: `Stage ${stage}`,
    stage,
    occurrence: 1,
    from: "203.0.113.45",
    to: "172.16.4.40",
    plugin_id: 1001,
    plugin_sid: [1],
    type: "PluginRule",
    port_from: "ANY",
    port_to: "22",
    protocol: "TCP",
    reliability: 1,
    timeout: 0,
    ...more,
  };
}

/** An alarm of three finished stages: one failed login, ten more, an accepted one. */
export function bruteForce(more: Partial<AlarmDetail> = {}): AlarmDetail {
  const rules = [
    rule(1, { name: "SSH login failed" }),
    rule(2, { name: "SSH login failed, repeated", occurrence: 10, reliability: 4, timeout: 300 }),
    rule(3, { name: "SSH login accepted after failures", reliability: 9, timeout: 1800, plugin_sid: [2] }),
  ];
  const record: AlarmRecord = {
    alarm_id: "k3V_9xQ2a",
    title: "SSH brute force, login on jump-01",
    status: "Open",
    tag: "Identified Threat",
    kingdom: "Intrusion",
    category: "Brute force",
    created_time: Math.floor(T0 / 1000),
    update_time: Math.floor(T0 / 1000) + 1203,
    risk: 7,
    risk_class: "High",
    rules,
    src_ips: ["203.0.113.45"],
    dst_ips: ["172.16.4.40"],
    networks: ["172.16.4.0/24"],
  };
  return {
    id: record.alarm_id,
    title: record.title,
    risk: 7,
    riskClass: "High",
    status: "Open",
    tag: "Identified Threat",
    kingdom: record.kingdom,
    category: record.category,
    created: T0,
    updated: T0 + 1_203_096,
    directiveId: 10021,
    node: "be-0",
    stage: 3,
    stages: 3,
    stageEvents: 1,
    stageOccurrence: 1,
    progress: "complete",
    src: "203.0.113.45",
    srcCount: 1,
    dst: "172.16.4.40",
    dstCount: 1,
    networks: record.networks,
    events: 12,
    intel: 0,
    vuln: 0,
    customData: "",
    note: "",
    touched: false,
    rev: 1,
    record,
    engineStatus: "Open",
    engineTag: "Identified Threat",
    notes: [],
    stageFacts: [
      {
        stage: 1,
        name: "SSH login failed",
        state: "finished",
        events: 1,
        occurrence: 1,
        start: T0,
        end: T0,
        reliability: 1,
      },
      {
        stage: 2,
        name: "SSH login failed, repeated",
        state: "finished",
        events: 10,
        occurrence: 10,
        start: T0,
        end: T0 + 109_564,
        reliability: 4,
      },
      {
        stage: 3,
        name: "SSH login accepted after failures",
        state: "finished",
        events: 1,
        occurrence: 1,
        start: T0 + 109_564,
        end: T0 + 1_203_096,
        reliability: 9,
      },
    ],
    factors: { priority: 4, reliability: 9, assetValue: 5 },
    missing: 0,
    ...more,
  };
}
