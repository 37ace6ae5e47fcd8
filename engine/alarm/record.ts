import { jsonInner } from "../base/json-literal.ts";
import type { AlarmRecord, AlarmRule, Hit } from "../contract/alarm.ts";

/** An alarm record as the correlator hands it over: its hits are the recorder's to add. */
export type AlarmRecordWithoutHits = Omit<AlarmRecord, "intel_hits" | "vulnerabilities">;

/** A record written down but for its hits, which may come later: what stands before and what after them. */
export interface RecordText {
  head: string;
  tail: string;
}

/**
 * One line of siem_alarm_events.json, newline included (engine.md §8). Called for every event that a backlog consumes.
 * An event id is the sender's and may hold anything; an alarm id may come from a saved file.
 */
export function alarmEventLine(alarmId: string, stage: number, eventId: string): string {
  return `{"alarm_id":"${jsonInner(alarmId)}","stage":${stage},"event_id":"${jsonInner(eventId)}"}\n`;
}

/**
 * Writes a record down as it is now, keys in the order of compat.md §2 and no others. `recordLine` makes it a line
 * once the hits are known.
 */
export function recordText(record: AlarmRecordWithoutHits): RecordText {
  const always = {
    alarm_id: record.alarm_id,
    title: record.title,
    status: record.status,
    tag: record.tag,
    kingdom: record.kingdom,
    category: record.category,
    created_time: record.created_time,
    update_time: record.update_time,
    risk: record.risk,
    risk_class: record.risk_class,
    rules: record.rules.map(ruleForRecord),
    src_ips: record.src_ips,
    dst_ips: record.dst_ips,
    networks: record.networks,
  };
  const customData = (record.custom_data ?? []).map(({ label, content }) => ({ label, content }));
  return { head: JSON.stringify(always).slice(0, -1), tail: `${listText("custom_data", customData)}}\n` };
}

/** The line of siem_alarms.json, newline included. */
export function recordLine(text: RecordText, intel: readonly Hit[], vulnerabilities: readonly Hit[]): string {
  return text.head + listText("intel_hits", intel) + listText("vulnerabilities", vulnerabilities) + text.tail;
}

function listText(key: string, list: readonly object[]): string {
  return list.length === 0 ? "" : `,"${key}":${JSON.stringify(list)}`;
}

/** The keys that every rule has, then the others where they say something (compat.md §2); `saved_*` never. */
function ruleForRecord(rule: AlarmRule): AlarmRule {
  return {
    name: rule.name,
    stage: rule.stage,
    occurrence: rule.occurrence,
    from: rule.from,
    to: rule.to,
    plugin_id: rule.plugin_id,
    ...(rule.plugin_sid !== undefined && rule.plugin_sid.length > 0 && { plugin_sid: rule.plugin_sid }),
    ...(rule.product !== undefined && rule.product.length > 0 && { product: rule.product }),
    ...(rule.category && { category: rule.category }),
    ...(rule.subcategory !== undefined && rule.subcategory.length > 0 && { subcategory: rule.subcategory }),
    type: rule.type,
    port_from: rule.port_from,
    port_to: rule.port_to,
    protocol: rule.protocol,
    reliability: rule.reliability,
    timeout: rule.timeout,
    ...(rule.start_time && { start_time: rule.start_time }),
    ...(rule.end_time && { end_time: rule.end_time }),
    ...(rule.status && { status: rule.status }),
    ...(rule.sticky_different && { sticky_different: rule.sticky_different }),
    ...(rule.custom_data1 && { custom_data1: rule.custom_data1 }),
    ...(rule.custom_data2 && { custom_data2: rule.custom_data2 }),
    ...(rule.custom_data3 && { custom_data3: rule.custom_data3 }),
  };
}
