import { type Backlog, readCustomDataKey, readSocket } from "../backlog/backlog.ts";
import { fewValues } from "../backlog/few.ts";
import { inFileOrder, renderBoundRule } from "../backlog/rendering.ts";
import type { AlarmRecord } from "../contract/alarm.ts";

/**
 * The record of an alarm as it stands now (engine.md §8, compat.md §2), still without the hits of look-ups, or
 * `undefined` while its risk is 0: such an alarm isn't written. The first record fixes the alarm's creation time.
 */
export function alarmRecordOf(backlog: Backlog): AlarmRecord | undefined {
  if (backlog.risk === 0) return undefined;
  if (backlog.createdTime === 0) backlog.createdTime = backlog.updateTime;
  const { header } = backlog;
  const customData = fewValues(backlog.customData).map(readCustomDataKey);
  return {
    alarm_id: backlog.id,
    title: backlog.title,
    status: header.status,
    tag: header.tag,
    kingdom: header.kingdom,
    category: header.category,
    created_time: backlog.createdTime,
    update_time: backlog.updateTime,
    risk: backlog.risk,
    risk_class: backlog.riskClass,
    rules: inFileOrder(backlog).map((rule) => renderBoundRule(rule, backlog)),
    src_ips: fewValues(backlog.sources),
    dst_ips: fewValues(backlog.destinations),
    networks: fewValues(backlog.networks),
    ...(customData.length > 0 && { custom_data: customData }),
  };
}

/** What the providers are asked about an alarm: its addresses, and every address with the ports it was seen with. */
export function lookupTargetsOf(backlog: Backlog): {
  addresses: string[];
  sockets: { ip: string; port: number }[];
} {
  const sockets = new Set([...fewValues(backlog.sourceSockets), ...fewValues(backlog.destinationSockets)]);
  return {
    addresses: [...new Set([...fewValues(backlog.sources), ...fewValues(backlog.destinations)])],
    sockets: [...sockets].map(readSocket).filter((socket) => socket !== undefined),
  };
}
