import { eventJson } from "../base/event-json.ts";
import { jsonInner } from "../base/json-literal.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import type { AlarmOrigin } from "../contract/journal.ts";

/*
 * The entries of the journal (operation.md §7), which the store numbers and dates: alarm records as they were written,
 * and every event that a backlog recorded, in full.
 */

/** `line`: of siem_alarms.json, newline included. */
export function journalAlarm(line: string, origin: AlarmOrigin | undefined): string {
  const from = origin === undefined ? "" : `,${JSON.stringify(origin).slice(1, -1)}`;
  return `{"kind":"alarm","record":${line.slice(0, -1)}${from}}`;
}

export function journalEvent(alarmId: string, stage: number, event: NormalizedEvent): string {
  const text = eventJson(event, event.conn_id, String(event.rcvd_time), event.carrier);
  return `{"kind":"event","alarm_id":"${jsonInner(alarmId)}","stage":${stage},"event":${text}}`;
}
