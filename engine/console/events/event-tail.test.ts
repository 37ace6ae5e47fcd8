import { expect, it } from "vitest";
import { ManualClock } from "../../base/clock.ts";
import type { EventChunk } from "../../base/event-chunk.ts";
import { EventTail } from "./event-tail.ts";

function opened(ringEvents?: number) {
  const clock = new ManualClock(5000);
  const listeners = new Set<(payloads: readonly Uint8Array[]) => void>();
  const chunks: EventChunk[] = [];
  const source = {
    open: (listener: (payloads: readonly Uint8Array[]) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const tail = new EventTail({
    source,
    clock,
    firstId: 11,
    onChunk: (chunk) => chunks.push(chunk),
    ...(ringEvents !== undefined && { ringEvents }),
  });
  const send = (...texts: string[]) => {
    for (const listener of listeners) listener(texts.map((text) => Buffer.from(text)));
  };
  const seen = (afterId: number) => [...tail.newest(afterId)].map(({ id, payload }) => `${id} ${payload}`);
  return { clock, tail, listeners, chunks, send, seen };
}

it("has nothing to do with events while nobody holds it", () => {
  const { tail, listeners, seen, send, chunks } = opened();
  expect(listeners.size).toBe(0);
  const first = tail.hold();
  const second = tail.hold();
  send("a");
  first();
  first();
  send("b");
  expect(listeners.size).toBe(1);
  expect(seen(0)).toEqual(["12 b", "11 a"]);
  second();
  expect(listeners.size).toBe(0);
  expect(seen(0)).toEqual([]);
  expect(chunks.map(({ firstId, count }) => [firstId, count])).toEqual([[11, 2]]);
  tail.hold();
  send("c");
  expect(seen(0)).toEqual(["13 c"]);
});

it("keeps copies: what the sender does with his bytes later changes nothing", () => {
  const { tail, listeners, seen } = opened();
  tail.hold();
  const bytes = Buffer.from("abc");
  for (const listener of listeners) listener([bytes]);
  bytes.fill("x");
  expect(seen(0)).toEqual(["11 abc"]);
});

it("numbers on over chunks, and gives the newest down to one that is known", () => {
  const { tail, send, seen, chunks } = opened();
  tail.hold();
  send("a", "b");
  tail.seal();
  tail.seal();
  send("c", "d");
  expect(seen(11)).toEqual(["14 d", "13 c", "12 b"]);
  expect(tail).toMatchObject({ newestId: 14, oldestId: 11 });
  expect(chunks).toHaveLength(1);
});

it("reaches back as far as it is to, however many come", () => {
  const { tail, send, chunks } = opened(10_000);
  tail.hold();
  for (let i = 0; i < 1000; i++) send(...Array.from({ length: 100 }, (_, j) => `{"n":${i * 100 + j}}`));
  expect(tail.newestId).toBe(100_010);
  expect(tail.newestId - tail.oldestId).toBeGreaterThanOrEqual(10_000);
  expect(tail.newestId - tail.oldestId).toBeLessThan(20_000);
  expect(chunks.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(95_000);
});

it("begins another chunk where an event has no room, and never grows one for it; an event larger than a chunk has its own", () => {
  const { tail, send, chunks } = opened();
  tail.hold();
  for (let i = 0; i < 3000; i++) send("x".repeat(700));
  const memory = chunks.map(({ bytes }) => bytes.buffer.byteLength);
  expect(memory.length).toBeGreaterThan(2);
  expect(Math.max(...memory)).toBeLessThanOrEqual(512 * 1024);
  const before = chunks.length;
  send("y".repeat(600 * 1024), "z");
  expect(chunks.slice(before).map(({ count, bytes }) => [count, bytes.length > 600])).toEqual([
    [expect.any(Number), true],
    [1, true],
  ]);
});

it("tells the rate", () => {
  const { tail, send, clock } = opened();
  tail.hold();
  send(...Array.from({ length: 100 }, () => "{}"));
  clock.advance(2000);
  expect(tail.perSecond).toBe(50);
});
