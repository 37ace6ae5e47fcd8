import type { NormalizedEvent } from "../contract/event.ts";
import { BOOT_KEY } from "../contract/outcomes.ts";
import { isFault, readPublishedEvent } from "./event.ts";

/** An event as it was published, with the console's number for it. */
export interface RawEvent {
  /** The order in which events came in. */
  readonly id: number;
  /** When it came in, milliseconds since the epoch. */
  readonly at: number;
  readonly payload: Uint8Array;
}

/** An event that was read from its bytes. */
export interface ReadEvent {
  readonly id: number;
  readonly at: number;
  /** Under which the backends speak of it. */
  readonly key: string;
  readonly event: NormalizedEvent;
}

/** Which event it is, for the frontend that took it in and for all backends (contract/outcomes.ts). */
export function eventKey(boot: string, connId: number, eventId: string): string {
  return `${boot} ${connId} ${eventId}`;
}

/**
 * `undefined` for what is no event: anybody may put anything on the bus. `boot` is the run of the frontend whose events
 * don't say themselves of which run they are.
 */
export function readRawEvent({ id, at, payload }: RawEvent, boot: string): ReadEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf8"));
  } catch {
    return undefined;
  }
  const event = readPublishedEvent(value);
  if (isFault(event)) return undefined;
  return { id, at, event, key: eventKey(event.carrier?.[BOOT_KEY] ?? boot, event.conn_id, event.event_id) };
}
