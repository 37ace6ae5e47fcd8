import type { EventInput } from "../../../engine/contract/event.ts";

/** What an author begins with when there is no event to go by. */
const FIRST: EventInput = {
  event_id: "written-1",
  timestamp: "2026-01-01T00:00:00Z",
  sensor: "debugger",
  title: "Written by hand",
  src_ip: "10.0.0.1",
  dst_ip: "10.0.0.2",
  plugin_id: 1001,
  plugin_sid: 1,
  protocol: "TCP",
};
/** What the frontend adds when it takes an event in: the door writes it anew. */
const OF_THE_DOOR = new Set(["conn_id", "rcvd_time", "carrier"]);

/** An event like another one, so many seconds later, with an id of its own. */
export function followingEvent(like: EventInput | undefined, seconds: number): EventInput {
  if (like === undefined) return FIRST;
  const own = Object.fromEntries(Object.entries(like).filter(([field]) => !OF_THE_DOOR.has(field)));
  const at = Date.parse(like.timestamp);
  const timestamp = Number.isNaN(at) ? like.timestamp : new Date(at + seconds * 1000).toISOString();
  return { ...FIRST, ...own, event_id: nextId(like.event_id), timestamp };
}

/** `a` → `a+1` → `a+2`: what was written is told apart from what came. */
function nextId(id: string): string {
  const [, stem = id, number] = /^(.*)\+(\d{1,9})$/s.exec(id) ?? [];
  return `${stem}+${Number(number ?? 0) + 1}`;
}
