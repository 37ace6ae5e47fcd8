import type { ReadEvent } from "../../base/raw-event.ts";
import type { ConsoleEvent } from "../../contract/console/events.ts";

/** The event as it is shown: what it says, without what is empty or only of use on the bus. */
export function shownEvent({ id, at, event }: ReadEvent): Omit<ConsoleEvent, "verdict"> {
  const { carrier: _carrier, seconds: _seconds, ...said } = event;
  const { event_id, timestamp, sensor, title, src_ip, dst_ip } = event;
  const filled = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== "" && value !== 0));
  return { id, at, event: { ...filled, event_id, timestamp, sensor, title, src_ip, dst_ip } };
}
