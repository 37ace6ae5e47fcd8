import assert from "node:assert/strict";
import fc from "fast-check";
import { isFault, readPublishedEvent } from "../../base/event.ts";
import { rcvdTimeText } from "../../base/event-json.ts";
import { type Property, property } from "../../base/testing/property.ts";
import { EventLog } from "../../bus/event-log.ts";
import { decodeEvents, encodeEvents } from "../../bus/link-frames.ts";
import { ConnectionIds } from "../../ingest/event-batch.ts";
import { batchOf } from "../../ingest/testing/door-properties.ts";

/** A clock shows so many steps in a millisecond; 2048 of them a double still tells apart until the year 2041. */
const STEPS = 2048;
/** Doubles of 19 digits lie 256 apart. */
const NEAREST = 128n;

const digits = property(
  {
    number: 12,
    name: "rcvd-time",
    says: "carries rcvd_time from the frontend's clock to the backend at 19 digits",
    cases: ["digits that a double doesn't hold"],
  },
  (seen) => {
    const milliseconds = fc.integer({ min: 1_000_000_000_000, max: 2_199_023_255_551 });
    const texts = fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.constant('","rcvd_time":1,"x":"')), {
      minLength: 4,
      maxLength: 4,
    });
    return fc.property(milliseconds, fc.nat(STEPS - 1), texts, fc.boolean(), (ms, step, strings, isArray) => {
      const exact = BigInt(ms) * 1_000_000n + BigInt(Math.floor((step * 1e6) / STEPS));
      const payload = published(rcvdTimeText(ms + step / STEPS), strings, isArray);
      const text = new TextDecoder().decode(payload);
      assert.equal(literalOf(text), String(exact));
      assert.equal(String(exact).length, 19);
      if (BigInt(Number(exact)) !== exact) seen.note("digits that a double doesn't hold");
      const read = readPublishedEvent(JSON.parse(text));
      if (isFault(read)) throw new Error(read.message);
      const off = BigInt(read.rcvd_time) - exact;
      assert.ok((off < 0n ? -off : off) <= NEAREST, `${read.rcvd_time} is off by ${off}`);
    });
  },
);

/** The bytes that a backend gets over `link` of an event that was posted. */
function published(rcvdTime: string, [id, title, data, protocol]: readonly string[], isArray: boolean): Uint8Array {
  const batch = batchOf(new ConnectionIds(), isArray, rcvdTime);
  const refusal = batch.take(
    {
      event_id: `e${id}`,
      timestamp: "2026-11-23T08:15:30Z",
      sensor: "s",
      title: `t${title}`,
      src_ip: "10.0.0.1",
      dst_ip: "10.0.0.2",
      plugin_id: 1,
      plugin_sid: 1,
      protocol,
      custom_data1: data,
      // Senders have no say in it.
      rcvd_time: 12,
    },
    isArray ? 0 : undefined,
  );
  if (refusal !== undefined) throw new Error(refusal.text);
  const log = new EventLog();
  for (const payload of batch.payloads()) log.push(payload);
  const [event] = decodeEvents(encodeEvents(log, 1, 1).frame)?.events ?? [];
  if (event === undefined) throw new Error("no event came out of the frame");
  return event;
}

/** The number as it is written, of the outermost object. */
function literalOf(text: string): string | undefined {
  let literal: string | undefined;
  JSON.parse(text, (key, value: unknown, context?: { source?: string }) => {
    if (key === "rcvd_time") literal = context?.source;
    return value;
  });
  return literal;
}

export const RCVD_TIME_PROPERTIES: readonly Property[] = [digits];
