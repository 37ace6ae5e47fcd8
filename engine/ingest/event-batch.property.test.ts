import type { ServerResponse } from "node:http";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ConnectionIds, EventBatch } from "./event-batch.ts";

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

function batchOf(ids: ConnectionIds, isArray: boolean): EventBatch {
  return new EventBatch({
    // The batch only carries its response along.
    response: {} as ServerResponse,
    isArray,
    ascii: false,
    escapeFree: false,
    rcvdTime: RCVD_TIME,
    ids,
    trace: undefined,
  });
}

it("publishes what its events alone would, or nothing, naming the first that is refused (property 4)", () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 20 }), (values) => {
      const batch = batchOf(new ConnectionIds(), true);
      const ids = new ConnectionIds();
      const alone: string[] = [];
      for (const [index, each] of values.entries()) {
        const single = batchOf(ids, false);
        const refusal = single.take(each, undefined);
        const inBatch = batch.take(each, index);
        expect(inBatch?.status).toBe(refusal?.status);
        if (inBatch !== undefined) {
          if (inBatch.status === 400) expect(inBatch.text).toContain(String(index));
          return;
        }
        alone.push(...single.payloads().map(String));
      }
      expect(batch.payloads().map(String)).toEqual(alone);
    }),
    { numRuns: 500 },
  );
});
