import assert from "node:assert/strict";
import fc from "fast-check";
import { type Property, property } from "../../base/testing/property.ts";
import { ConnectionIds, EventBatch } from "../event-batch.ts";

const RCVD_TIME = "1763885730128459000";

/** Mostly events, now and then something malformed or invalid. */
const value = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .record({
        id: fc.string({ minLength: 1 }),
        title: fc.string({ minLength: 1 }),
        sid: fc.integer({ min: 1, max: 9 }),
      })
      .map(event),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(1, null, {}, { ...event({ id: "x", title: "t", sid: 1 }), src_ip: "nowhere" }),
  },
  { weight: 1, arbitrary: fc.constant({ ...event({ id: "x", title: "t", sid: 1 }), sensor: "" }) },
);

function event({ id, title, sid }: { id: string; title: string; sid: number }): Record<string, unknown> {
  return {
    event_id: id,
    timestamp: "2026-11-23T08:15:30Z",
    sensor: "s",
    title,
    src_ip: "10.0.0.1",
    dst_ip: "10.0.0.2",
    plugin_id: 1,
    plugin_sid: sid,
  };
}

export function batchOf(ids: ConnectionIds, isArray: boolean, rcvdTime = RCVD_TIME): EventBatch {
  return new EventBatch({
    isArray,
    ascii: false,
    escapeFree: false,
    rcvdTime,
    ids,
    trace: undefined,
  });
}

const batch = property(
  {
    number: 4,
    name: "batch",
    says: "publishes of a batch what its events alone would give, or nothing, naming the first that is refused",
    cases: ["a batch that is taken", "a malformed event", "an invalid event"],
  },
  (seen) =>
    fc.property(fc.array(value, { maxLength: 20 }), (values) => {
      const together = batchOf(new ConnectionIds(), true);
      const ids = new ConnectionIds();
      const alone: string[] = [];
      for (const [index, each] of values.entries()) {
        const single = batchOf(ids, false);
        const refusal = single.take(each, undefined);
        const inBatch = together.take(each, index);
        assert.equal(inBatch?.status, refusal?.status);
        if (inBatch !== undefined) {
          if (inBatch.status === 400) assert.ok(inBatch.text.includes(String(index)), inBatch.text);
          seen.note(inBatch.status === 400 ? "a malformed event" : "an invalid event");
          return;
        }
        alone.push(...single.payloads().map(String));
      }
      assert.deepEqual(together.payloads().map(String), alone);
      seen.note("a batch that is taken");
    }),
);

export const DOOR_PROPERTIES: readonly Property[] = [batch];
