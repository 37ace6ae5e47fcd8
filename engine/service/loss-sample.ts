import type { NormalizedEvent } from "../contract/event.ts";
import { MAX_SAMPLE_TEXT } from "../contract/loss.ts";
import type { LossText } from "../telemetry/loss-ledger.ts";

/** So much of a payload is shown; a character takes up to four bytes. */
const SHOWN_BYTES = MAX_SAMPLE_TEXT * 4;
/** As every frontend of ours writes it, at the start of the event. Whoever else publishes has no id in the sample. */
const EVENT_ID = /^\{"event_id":"([^"\\]*)"/;

/** What a sample shows of an event that is lost as it came off the bus, or out of the parsed event where there is one. */
export function payloadSample(payload: Uint8Array, event?: NormalizedEvent): LossText {
  const { buffer, byteOffset, byteLength } = payload;
  const text = Buffer.from(buffer, byteOffset, Math.min(byteLength, SHOWN_BYTES)).toString("utf8");
  if (event !== undefined) return { text, connId: event.conn_id, eventId: event.event_id };
  const eventId = EVENT_ID.exec(text)?.[1];
  return eventId === undefined ? { text } : { text, eventId };
}
