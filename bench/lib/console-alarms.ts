import type { AlarmRecord } from "../../engine/contract/alarm.ts";
import type { JournalEntry } from "../../engine/contract/journal.ts";

const WORDS = ["Ping Flood", "Port Scan", "Brute Force Login", "Web Shell Upload", "Data Exfiltration", "DNS Tunnel"];
const STATUSES = ["Open", "Open", "Open", "In Progress", "Closed"];
const TAGS = ["Identified Threat", "Identified Threat", "False Positive", "Valid Threat"];
const DAY_SECONDS = 86_400;
/** Over how many days the alarms are spread. */
const DAYS = 60;

/** Entry `seq` of a journal of `count`: an alarm as busy networks have them. */
export function consoleAlarm(seq: number, count: number, endSeconds: number): JournalEntry {
  const mix = Math.imul(seq, 2_654_435_761) >>> 0;
  const word = WORDS[mix % WORDS.length] ?? "";
  const risk = mix % 11;
  const src = `10.${(mix >>> 8) & 63}.${(mix >>> 16) & 255}.${seq & 255}`;
  const dst = seq % 9 === 0 ? `198.51.100.${mix & 255}` : `172.16.${(mix >>> 4) & 255}.${(mix >>> 20) & 255}`;
  const updated = endSeconds - Math.floor(((count - seq) / count) * DAYS * DAY_SECONDS);
  const stages = 2 + (mix % 3);
  const record: AlarmRecord = {
    ...{ alarm_id: seq.toString(36).padStart(9, "_"), title: `${word} from ${src} to ${dst}` },
    ...{ status: STATUSES[mix % STATUSES.length] ?? "", tag: TAGS[mix % TAGS.length] ?? "" },
    ...{ kingdom: `Kingdom ${mix % 5}`, category: `Category ${mix % 23}` },
    ...{
      created_time: updated - 60,
      update_time: updated,
      risk,
      risk_class: risk < 3 ? "Low" : risk < 7 ? "Medium" : "High",
    },
    rules: Array.from({ length: stages }, (_, i) => ({
      ...{ name: `Stage ${i + 1}`, stage: i + 1, occurrence: 10, from: src, to: dst, plugin_id: 1000 + (mix % 40) },
      ...{ plugin_sid: [mix % 500], type: "PluginRule", port_from: "ANY", port_to: "ANY", protocol: "TCP" },
      ...{ reliability: i + 1, timeout: 600 },
      ...(i === 0 && { status: "finished", start_time: updated - 60, end_time: updated }),
    })),
    ...{ src_ips: [src], dst_ips: [dst], networks: ["10.0.0.0/8"] },
    custom_data: [{ label: "user", content: `user${mix % 5000}` }],
  };
  return { seq, at: updated * 1000, kind: "alarm", record };
}

/** An event of that alarm. */
export function consoleEvent(seq: number, alarm: JournalEntry & { kind: "alarm" }): JournalEntry {
  const { alarm_id, dst_ips, src_ips, title } = alarm.record;
  return {
    ...{ seq, at: alarm.at, kind: "event", alarm_id, stage: 1 },
    event: {
      ...{ event_id: `e${seq}`, timestamp: new Date(alarm.at).toISOString(), sensor: `fw-${seq % 20}`, title },
      ...{ src_ip: src_ips[0] ?? "", dst_ip: dst_ips[0] ?? "", plugin_id: 1001, plugin_sid: 1, protocol: "TCP" },
      ...{ src_port: 1024 + (seq % 60_000), dst_port: [22, 80, 443, 3389][seq % 4] ?? 0 },
    },
  };
}
