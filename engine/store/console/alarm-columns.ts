import type { AlarmRecord, AlarmRule } from "../../contract/alarm.ts";

/** Longest text of custom data in a row of the list; the record has it whole. */
const MAX_CUSTOM = 500;
/** What is searched of one alarm; a record may hold megabytes. */
const MAX_SEARCH = 20_000;

/** What the list shows of a record, worked out once when it comes in. */
export interface AlarmColumns {
  created: number;
  updated: number;
  stage: number;
  stages: number;
  occurrence: number;
  /** Index of `PROGRESS`. */
  progress: number;
  custom: string;
  search: string;
}

export function alarmColumns(record: AlarmRecord): AlarmColumns {
  const rules = record.rules.toSorted((a, b) => a.stage - b.stage);
  const current = currentRule(rules);
  const custom = (record.custom_data ?? []).map(({ label, content }) => `${label}: ${content}`).join(", ");
  return {
    created: record.created_time * 1000,
    updated: record.update_time * 1000,
    stage: current?.stage ?? 0,
    stages: rules.length,
    occurrence: current?.occurrence ?? 0,
    progress: progressOf(rules),
    custom: cut(custom, MAX_CUSTOM),
    // A line end keeps a search from finding what begins in one text and ends in the next.
    search: cut([record.title, record.alarm_id, ...record.src_ips, ...record.dst_ips, custom].join("\n"), MAX_SEARCH),
  };
}

/** The stage that is or was worked on last. */
function currentRule(rules: readonly AlarmRule[]): AlarmRule | undefined {
  return rules.find(({ status }) => status !== "finished") ?? rules.at(-1);
}

function progressOf(rules: readonly AlarmRule[]): number {
  if (rules.some(({ status }) => status === "timeout")) return 1;
  return rules.at(-1)?.status === "finished" ? 2 : 0;
}

function cut(text: string, length: number): string {
  return text.length > length ? text.slice(0, length).toWellFormed() : text;
}
