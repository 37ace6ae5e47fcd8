import type { AlarmRow } from "../../contract/console/alarms.ts";
import type { Labels } from "./labels.ts";
import { PROGRESS } from "./schema.ts";

/** The columns of `alarm a` that a row of the list is made of. */
export const ROW_COLUMNS =
  "a.n, a.id, a.rev, a.node, a.title, a.kingdom, a.category, a.status, a.tag, a.own_status, a.own_tag, a.note, a.created, " +
  "a.updated, a.risk, a.class, a.directive, a.stage, a.stages, a.stage_events, a.stage_occurrence, a.progress, a.networks, " +
  "a.src, a.src_count, a.dst, a.dst_count, a.events, a.intel, a.vuln, a.custom";

export type SqlRow = Readonly<Record<string, unknown>>;

/** A row of the contract. */
export function alarmRow(row: SqlRow, labels: Labels): AlarmRow {
  const number = (name: string): number => Number(row[name]);
  const text = (name: string): string => String(row[name]);
  const label = (name: string): string => labels.text(number(name));
  const networks = label("networks");
  return {
    ...{ id: text("id"), title: text("title"), risk: number("risk"), riskClass: label("class") },
    ...{ status: label("status"), tag: label("tag"), kingdom: label("kingdom"), category: label("category") },
    ...{ created: number("created"), updated: number("updated"), node: label("node") },
    ...(number("directive") < 0 ? {} : { directiveId: number("directive") }),
    ...{ stage: number("stage"), stages: number("stages"), stageEvents: number("stage_events") },
    ...{ stageOccurrence: number("stage_occurrence"), progress: PROGRESS[number("progress")] ?? "live" },
    ...{ src: text("src"), srcCount: number("src_count"), dst: text("dst"), dstCount: number("dst_count") },
    networks: networks === "" ? [] : networks.split("\n"),
    ...{ events: number("events"), intel: number("intel"), vuln: number("vuln"), customData: text("custom") },
    ...{ note: text("note"), touched: row.own_status !== null || row.own_tag !== null, rev: number("rev") },
  };
}
