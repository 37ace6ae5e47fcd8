import type { AlarmRule } from "../../../engine/contract/alarm.ts";
import type { BacklogRow } from "../../../engine/contract/console/backlogs.ts";
import type { BacklogDetail } from "../../../engine/contract/live-backlog.ts";

export const NOW = Date.UTC(2026, 10, 23, 14, 32);

export function row(more: Partial<BacklogRow> = {}): BacklogRow {
  return {
    id: "p7Lw2nA-e",
    node: "be-0",
    directiveId: 10063,
    title: "Password spray against dc-01",
    stage: 2,
    stages: 3,
    rule: "Login failed, many users",
    count: 14,
    occurrence: 15,
    risk: 0,
    nextRisk: 4,
    startTime: NOW / 1000 - 559,
    createdTime: 0,
    updateTime: NOW / 1000 - 6,
    deadline: NOW / 1000 + 41,
    timeout: 600,
    events: 15,
    source: "10.20.11.31",
    sources: 1,
    destination: "10.30.2.10",
    destinations: 1,
    ...more,
  };
}

export function rule(more: Partial<AlarmRule> = {}): AlarmRule {
  return {
    name: "Login failed, many users",
    stage: 2,
    occurrence: 15,
    from: "10.20.11.31",
    to: "10.30.2.10",
    plugin_id: 1512,
    plugin_sid: [4625],
    type: "PluginRule",
    port_from: "ANY",
    port_to: "ANY",
    protocol: "TCP",
    reliability: 7,
    timeout: 600,
    sticky_different: "CUSTOM_DATA1",
    ...more,
  };
}

export function detail(more: Partial<BacklogDetail> = {}): BacklogDetail {
  const { node: _node, ...summary } = row();
  const none = { values: [], total: 0 };
  return {
    ...summary,
    kingdom: "Intrusion",
    category: "Brute force",
    status: "Open",
    tag: "Identified Threat",
    riskClass: "",
    allRulesAlwaysActive: false,
    factors: { priority: 3, assetValue: 5, reliability: 1, nextReliability: 7 },
    stageViews: [
      {
        stage: 2,
        state: "current",
        rule: rule(),
        bindings: [{ field: "from", eventField: "src_ip", stage: 1, value: "10.20.11.31", eventId: "e1" }],
        count: 14,
        startTime: NOW / 1000 - 559,
        endTime: 0,
        eventIds: none,
        stickyValues: { values: ["admin", "backup"], total: 14 },
      },
    ],
    advance: { stage: 2, missing: 1, completes: false, rule: rule(), unbound: [], notBefore: NOW / 1000 - 559 },
    sourceAddresses: none,
    destinationAddresses: none,
    networks: none,
    customData: none,
    ...more,
  };
}
