import type { ReadEvent } from "../../base/raw-event.ts";
import type { ConsoleEvent } from "../../contract/console/events.ts";

/** Characters of a text that are shown: nobody reads more of a field, and a handful of long ones would fill a message. */
const SHOWN_CHARACTERS = 8192;

/** The event as it is shown: what it says, without what is empty or only of use on the bus, long texts cut. */
export function shownEvent({ id, at, event }: ReadEvent): Omit<ConsoleEvent, "verdict"> {
  const { carrier: _carrier, seconds: _seconds, ...said } = event;
  const { event_id, timestamp, sensor, title, src_ip, dst_ip } = event;
  const filled = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== "" && value !== 0));
  const whole = { ...filled, event_id, timestamp, sensor, title, src_ip, dst_ip };
  const long = Object.entries(whole).flatMap(([field, value]) =>
    typeof value === "string" && value.length > SHOWN_CHARACTERS ? [[field, value] as const] : [],
  );
  if (long.length === 0) return { id, at, event: whole };
  const cut = Object.fromEntries(long.map(([field, value]) => [field, value.slice(0, SHOWN_CHARACTERS)]));
  return {
    id,
    at,
    event: { ...whole, ...cut },
    shortened: Object.fromEntries(long.map(([field, value]) => [field, value.length])),
  };
}
