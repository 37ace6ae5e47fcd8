import fc from "fast-check";
import { expect, it } from "vitest";
import { EventLog } from "./event-log.ts";
import {
  decodeAck,
  decodeEvents,
  decodeMessage,
  encodeAck,
  encodeEvents,
  encodeMessage,
  MESSAGE_PUBLISH,
  MessageAssembler,
} from "./link-frames.ts";

const payloads = fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 50 });

it("carries events as they were, and refuses every frame cut short or made longer", () => {
  fc.assert(
    fc.property(payloads, fc.nat(5000), (events, skipped) => {
      const log = new EventLog();
      for (let i = 0; i < skipped; i++) log.push(new Uint8Array(1));
      log.trimTo(skipped);
      for (const event of events) log.push(event);
      const { frame, count } = encodeEvents(log, skipped + 1, 1000);
      expect(count).toBe(events.length);
      const decoded = decodeEvents(frame);
      expect(decoded?.first).toBe(skipped + 1);
      expect(decoded?.events.map((event) => [...event])).toEqual(events.map((event) => [...event]));
      expect(decodeEvents(frame.subarray(0, -1))).toBeUndefined();
      expect(decodeEvents(Buffer.concat([frame, Buffer.alloc(1)]))).toBeUndefined();
    }),
    { numRuns: 50 },
  );
});

it("never throws on what isn't a frame", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (data) => {
      const frame = Buffer.from(data);
      decodeEvents(frame);
      decodeAck(frame);
      decodeMessage(frame);
      new MessageAssembler().add(frame);
    }),
  );
});

it("puts as many events into a frame as fit, a large one alone, and no more than asked for", () => {
  const log = new EventLog();
  for (let i = 0; i < 10; i++) log.push(Buffer.alloc(50_000));
  log.push(Buffer.alloc(1024 * 1024));
  expect(encodeEvents(log, 1, 100).count).toBe(2);
  expect(encodeEvents(log, 1, 1).count).toBe(1);
  expect(encodeEvents(log, 11, 100).count).toBe(1);
  expect(encodeEvents(log, 12, 100).count).toBe(0);
});

it("puts a message of any size together again", () => {
  for (const size of [0, 1, 65_000, 65_536, 200_000, 1024 * 1024]) {
    const payload = Buffer.alloc(size, "m");
    const assembler = new MessageAssembler();
    const results = encodeMessage(MESSAGE_PUBLISH, 7, "a.é", payload).map((frame) => assembler.add(Buffer.from(frame)));
    expect(results.slice(0, -1).every((result) => result === "more")).toBe(true);
    const message = results.at(-1);
    if (message === undefined || message === "more") throw new Error("no message came out");
    expect([message.kind, message.id, message.subject, message.payload.length]).toEqual([1, 7, "a.é", size]);
    expect(message.payload.equals(payload)).toBe(true);
  }
});

it("refuses a message that never ends", () => {
  const assembler = new MessageAssembler();
  const piece = Buffer.alloc(64 * 1024 + 2);
  piece[0] = 3;
  const results = Array.from({ length: 20 }, () => assembler.add(piece));
  expect(results).toContain(undefined);
});

it("carries sequence numbers beyond 32 bits", () => {
  expect(decodeAck(encodeAck(2 ** 47, 2 ** 32 - 1))).toEqual({ acknowledged: 2 ** 47, credit: 2 ** 32 - 1 });
});
