import type { Backlog } from "../backlog/backlog.ts";
import { fewValues } from "../backlog/few.ts";
import { eachPair, type Pairs, pairsWith } from "../backlog/pairs.ts";
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
  const customData = [...eachPair(backlog.customData)].map(([label, content]) => ({ label, content }));
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
  // An address may have been source and destination with the same port, and is asked about once.
  let sockets: Pairs<number>;
  for (const [ip, port] of eachPair(backlog.sourceSockets)) sockets = pairsWith(sockets, ip, port);
  for (const [ip, port] of eachPair(backlog.destinationSockets)) sockets = pairsWith(sockets, ip, port);
  return {
    addresses: [...new Set([...fewValues(backlog.sources), ...fewValues(backlog.destinations)])],
    sockets: [...eachPair(sockets)].map(([ip, port]) => ({ ip, port })),
  };
}
