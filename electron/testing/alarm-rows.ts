import type { AlarmRow } from "../../engine/contract/console/alarms.ts";

/** An alarm as the console lists it. */
export function alarmRow(id: string, more: Partial<AlarmRow> = {}): AlarmRow {
  return {
    id,
    title: `Alarm ${id}`,
    risk: 8,
    riskClass: "High",
    status: "Open",
    tag: "Identified Threat",
    kingdom: "",
    category: "",
    created: 2000,
    updated: 2000,
    directiveId: 1,
    node: "dsiem-backend-0",
    stage: 1,
    stages: 3,
    stageEvents: 1,
    stageOccurrence: 1,
    progress: "live",
    src: "10.0.0.1",
    srcCount: 1,
    dst: "10.0.0.2",
    dstCount: 1,
    networks: [],
    events: 1,
    intel: 0,
    vuln: 0,
    customData: "",
    note: "",
    touched: false,
    rev: 1,
    ...more,
  };
}
